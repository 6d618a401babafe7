"""Who is out there: authorities, organisations, people, and the audiences they make up.

<<<<<<< HEAD
`authorities` and `organisations` the register · `people` who holds which role · `rules` what may be asked, `sentences` how it is said,
`mentions` what it names, `selections` whom it finds · `definitions` audiences by name, and who gets a letter · `versions` what they were ·
`headcounts` how many they have · `stakeholders` who cannot be written to yet · `preferences` who asked us to stop · `erasures` whom we
forget · `sheets` any CSV file as rows · `importing` people from one · `coverage` the join of touches with the register, as one of the
`views` looks at it, in the words of `grades` · `progress` its steps and its channels · `targets` what it is held against · `reports` what
officers record by hand · `exports` lists as CSV · `sealing` where a release meets its readers · `founding` what a fresh installation knows
· `pilot/` the pilot's own tables and demo people.
=======
`authorities` and `organisations` the register · `people` who holds which role · `rules` whom a rule finds · `definitions` audiences by
name, and who gets a letter · `preferences` who asked us to stop · `erasures` whom we forget · `encodings`, `workbooks`, `sheets` any
file as rows · `uploads` and `parsing` the same in a process of its own · `staging`, `columns`, `judging`, `imports` and `importing` people from
one · `likenesses` who may be one person · `guesses` addresses to confirm · `coverage` the join of touches with the register · `exports` lists as CSV · `sealing` where a release meets its readers ·
`founding` what a fresh installation knows · `pilot/` the pilot's own tables and demo people.
>>>>>>> bring-in

This floor may import `campaigns`, never `web` or `workers`; it hands addressees down as values.
"""
