"""The database: the embedded server, roles, and who is asking."""
