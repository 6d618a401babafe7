"""Words, placeholders, programs and letters."""
