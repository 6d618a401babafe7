"""The two-party gate: one sealed thing, two signatures, and no way round.

`parties` who must agree · `releases` a revision on its way to both parties · `looks` what the lint finds before it is sealed · `seals` how
it is sealed · `sealed` its frozen programs, readers and letters · `descriptions` what its manifest says, `differences` what two of them say
otherwise, `restorations` what was signed where the stored one was altered · `readers` the very letter of each · `addressees` a reader, as told ·
`manifest` the very bytes that are signed · `merkle` many letters under one digest.
`rosters` who may sign, `roster_changes` how that changes, `standing` which versions hold · `signatures` who signed, `unsigned` who has not, of many at once · `identity` how a signer
is known: `passkeys`, `keyrings` each officer's, `nonces` used once, `software_keys` for rehearsals.
`gate` the decision, refusal by refusal · `schedules` when an agreed release goes, and who may stop it · `leads` how
long before its readers' briefings · `occasions` which releases invite to what · `waits` and `reminders` who is waited for.
`bundles` the whole proof in one `archives` file, with its cover sheet from `certificates` · `verifier` the check that anybody can run ·
`received` a letter as somebody got it, and `genuineness` whether it is the one that was agreed.
"""
