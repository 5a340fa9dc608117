"""A mail server for trying out: it delivers to nobody and files every mail in a folder."""
