import signal
import sys


def main() -> None:
    """Ctrl-C while the commands are loaded ends quietly, as it does later. Who is told to end leaves no half a file."""
    for ending in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(ending) is signal.SIG_DFL:  # `nohup` has it ignored
            signal.signal(ending, lambda number, _: sys.exit(128 + number))
    try:
        from cli.app import app
    except KeyboardInterrupt:
        sys.exit(130)
    app(prog_name="klankbord")


if __name__ == "__main__":
    main()
