"""What happens without anyone at a screen: one process that tells, seals, sends, recounts, and watches the clock.

`main` the commands · `starting` what a worker waits for · `tools` what everything here works with · `subscriptions` the one table of who hears what ·
`relay` the only one that talks to Dramatiq · `actors` and `brokers` Dramatiq's side · `complaints` what is said of a fault that lasts · `watchdog` ends a
process that does no work.
**Who hears.** `sealing` `sending` `projecting` `erasing` the work on releases, letters and evidence · `notifying` e-mails to officers: `telling`
`awaiting` `recalling` of what, `happenings` in which words, `recipients` to whom.
**The clock.** `scheduler` its looks, among them `resolving` unclear letters, `closing` `disposing` `heads` `reminding` · `mailbox` what comes in and
`calendar_reading` calendars on the web, on threads of their own.
**Trying it out.** `catcher` a local mailbox · `rehearsal` the whole job on made-up people: `rehearsal_stage` where, `rehearsal_cast` who,
`rehearsal_processes` what runs, `rehearsal_accounts` what it comes to, and `checker`, which believes nothing that we say.
"""
