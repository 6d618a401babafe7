"""Told face to face: the tour of regional groups, its briefings, and who attended."""
