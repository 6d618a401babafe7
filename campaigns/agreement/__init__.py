"""The two-party gate: one sealed thing, two signatures, and no way round.

`parties` who must agree · `releases` a revision on its way to both parties · `sealed` its frozen programs, readers and letters ·
`manifest` the very bytes that are signed · `merkle` many letters under one digest · `signatures` who may sign and who did ·
`gate` the decision, refusal by refusal · `schedules` when an agreed release goes, and who may stop it · `addressees` a reader, as told ·
`bundles` the whole proof in one `archives` file, with its cover sheet from `certificates` · `verifier` the check that anybody can run.
"""
