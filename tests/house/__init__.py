"""The inspectors: what the house has promised about itself, checked from the source."""
