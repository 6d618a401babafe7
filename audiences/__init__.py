"""Who is out there: authorities, organisations, people, and the audiences they make up.

`authorities` and `organisations` the register · `people` who holds which role · `rules` whom a rule finds · `definitions` audiences by
name, and who gets a letter · `preferences` who asked us to stop · `erasures` whom we forget · `encodings`, `workbooks`, `sheets` any
file as rows · `uploads` and `parsing` the same in a process of its own · `staging`, `columns`, `judging`, `imports` and `importing` people from
one · `likenesses` who may be one person · `guesses` addresses to confirm · `coverage` the join of touches with the register · `exports` lists as CSV · `sealing` where a release meets its readers ·
`founding` what a fresh installation knows · `pilot/` the pilot's own tables and demo people.

This floor may import `campaigns`, never `web` or `workers`; it hands addressees down as values.
"""
