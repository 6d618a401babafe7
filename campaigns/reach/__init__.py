"""What is known to have got through: touches, each with a grade and the evidence behind it."""
