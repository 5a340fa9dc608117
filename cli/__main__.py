import signal
import sys


def main() -> None:
    """Ctrl-C while the commands are loaded ends quietly, as it does later. Who is told to end leaves no half a file."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        from cli.app import app
    except KeyboardInterrupt:
        sys.exit(130)
    app(prog_name="klankbord")


if __name__ == "__main__":
    main()
