"""`klankbord` on the command line: an ordinary caller of the public API. It imports nothing of the services."""
