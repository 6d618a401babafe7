"""The ground: what every other part of the trade stands on and none of it is about letters.

`errors` how we refuse · `clock` what time it is, and for whom · `timekeeper` a time that processes share · `settings` how this installation is set up · `database` the one
place that commits · `log` what happened, and who is still to be told · `audit` a chain over it · `officers` who acts · `sightings` what somebody saw
of a thing before they changed it · `lifecycles` which moves are allowed · `tokens` links that cannot be guessed · `reader_links` those of a letter ·
`addresses` whether one stands in what people wrote · `wording` a number with what it counts · `one_line` what may be typed into a line.
`stamps` which kind of database this is · `revisions` which version made its tables · `places` where it is · `arming_files` what a machine remembers of it · `disks` how much room is left · `late`
what is heavy and seldom wanted.
"""
