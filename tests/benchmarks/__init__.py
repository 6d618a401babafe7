"""What things cost: `make bench`. No figure comes from a timed test."""
