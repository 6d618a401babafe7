"""The gate: sealing, signing, scheduling, and the walk that tries to get round it."""
