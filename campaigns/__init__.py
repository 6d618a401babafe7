"""The trade: what is said, who agreed to it, how it leaves, and what came of it.

A message's life runs upwards through the folders, each importing only what stands below it:

    briefings/  delivery/      told face to face; told in writing
    agreement/                 the two-party gate: release, signatures, manifest
    drafting/                  words, placeholders, compiled letters
    planning/   reach/         campaigns; what is known to have got through
    foundation/                settings, database, log, clock, errors, lifecycles

`campaigns` does not know who is out there: addressees arrive as values from `audiences`.
"""
