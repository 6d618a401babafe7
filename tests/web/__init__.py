"""Pages, through a web client on a real database."""
