"""What is known to have got through: touches, each with a grade and the evidence behind it.

`touches` the facts, put and taken back · `slices` which of them wait to be counted · `cells` what was counted, for a quick look.
"""
