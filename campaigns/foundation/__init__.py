"""The ground: what every other part of the trade stands on and none of it is about letters.

`errors` how we refuse · `clock` what time it is, and for whom · `timekeeper` a time that processes share · `settings` how this installation is set up · `database` the one
place that commits · `log` what happened, and who is still to be told · `officers` who acts · `lifecycles` which moves are allowed ·
`tokens` links that cannot be guessed · `stamps` which kind of database this is.
"""
