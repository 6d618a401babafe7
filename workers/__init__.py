"""What happens without anyone at a screen: one process that tells, seals, sends, recounts, and watches the clock.

`main` the commands · `subscriptions` the one table of who hears what · `relay` the only one that talks to Dramatiq · `scheduler` the
clock · `mailbox` what comes in · `actors` and `brokers` Dramatiq's side · `sealing` `sending` `notifying` `projecting` the subscribers · `tools` what they work
with · `resolving` unclear letters · `closing` `disposing` `erasing` `heads` `reminding` `telling` the clock's and the desk's other errands · `watchdog` ends a
process that does no work · `catcher` a local mailbox for development · `rehearsal` the whole job on made-up people.
"""
