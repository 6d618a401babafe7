"""What is asked of the register, the audiences, imports and coverage."""
