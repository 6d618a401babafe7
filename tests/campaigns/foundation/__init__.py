"""The ground: clock, log, officers, tokens, stamps, settings."""
