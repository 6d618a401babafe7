"""The two-party gate: parties, the sealed release and its manifest, signatures over it, and the one question whether it may go."""
