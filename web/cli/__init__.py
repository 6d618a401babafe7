"""The `countersign` commands, one module per noun."""
