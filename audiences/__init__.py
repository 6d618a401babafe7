"""Who is out there: authorities, organisations, people, the audiences they make up, and what touched them.

The register: `authorities` (past ones by `reorganisations`), `names` and `spellings`, `register_files`, `register_differences` and
`register_changes` for a newer list · `organisations`, `organisation_changes`, `footprints` where they have sites · `roles`, `contacts`,
`people` who holds which post since when.
Files of people: `encodings`, `workbooks`, `sheets` any file as rows · `uploads` and `parsing` in a process of its own · `imports`, `staging`,
`columns`, `judging`, `importing` step by step and back · `likenesses` who may be one person · `guesses` addresses to confirm.
Audiences: `rules` what may be asked, `sentences` how it is said, `mentions` what it names, `selections` whom it finds, `headcounts` how many
· `definitions` audiences by name, and who gets a letter · `versions` what they were · `stakeholders` who cannot be written to yet ·
`preferences` who asked for less · `incoming_post` what comes back does · `vacancies` where nobody is left · `suggestions` what readers say of the
list · `sealing` where a release meets its readers.
Coverage: `coverage` the join of touches with the register, as one of the `coverage_views` looks at it, in the words of `grades` · `progress`,
`targets`, `reports` by hand · `map_layout` the map · `follow_ups` a draft for whom is missing · `contact_load` how often they were contacted · `other_bodies`.
Calendars: `calendars` whose rules say what · `briefing_days` when an authority's own briefing begins · `polls` the quiet periods of 2024 to
2027 · `calendar_subscriptions` read from the web daily, by `calendar_fetching` in a process of its own, from where `calendar_addresses` lets it.
Records: `erasures`, `dossiers`, `legal_holds`, `retention`, `record_classes`, `briefing_records`, `disclosures`, `exports`.
`acts` what officers did, `papers` what a disclosure holds; `footprint_files` sites from a file.
`founding` is what a fresh installation knows, `pilot/` the pilot's own tables and demo people.

This floor may import `campaigns`, never `web` or `workers`; it hands addressees down as values.
"""
