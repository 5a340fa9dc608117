class Trouble(Exception):
    """Something the user can act on: shown as a message, without a traceback."""
