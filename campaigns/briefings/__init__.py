"""Told face to face, the lead channel: a tour over every regional group, each briefing's date and people, and who was there."""
