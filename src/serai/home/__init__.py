"""Home pages: what is due, whose turn, by when."""
