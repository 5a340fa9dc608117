import sys


def main() -> None:
    """Ctrl-C while the commands are loaded ends quietly, as it does later."""
    try:
        from cli.app import app
    except KeyboardInterrupt:
        sys.exit(130)
    app(prog_name="klankbord")


if __name__ == "__main__":
    main()
