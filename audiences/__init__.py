"""Who is out there: authorities, organisations, people, and the audiences they make up.

`authorities` and `organisations` the register · `people` who holds which role · `definitions` audiences as rules · `preferences` who asked us to stop ·
`importing` people from a CSV file · `coverage` the join of touches with the register · `pilot/` the pilot's own tables and demo data.

This floor may import `campaigns`, never `web` or `workers`; it hands addressees down as values.
"""
