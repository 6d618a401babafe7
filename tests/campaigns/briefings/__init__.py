"""Tours and who was there."""
