"""Every letter once, to one reader, and what became of it.

`deliveries` a row per letter and its life · `plans` which are queued · `claims` a chunk taken by one worker, the gate asked again · `sender` attempt, send,
settle, `envelopes` verify and date, `fates` what an outcome makes of a letter, `brakes` when the relay is left alone · `transport` what a sender needs of a way to the relay: `pipelined` in `conversations` on a `line`, and `plain` its
reference on smtplib; `calling` alone opens connections · `removals` addresses not to be written to · `notices` system e-mails to officers · `unsent` what waits for an authority, `windowless`
what cannot go any more · `timing` when each letter may go, `before_briefings` where that hangs on a briefing · `trials` a letter to oneself
· `unclear` whose reply was not heard: `relay_logs` what the relay wrote down, `relay_sessions` what it is still at, `witnesses` whether that has gaps · `departures` which letters may have left, `corrections` to exactly the readers another release may have reached.
Behind them: `settling` `journals` `recovery` what became of a claim · `arming` `armed` from which machine anything may go, `halts` what is said while none may, `heartbeats` which workers live · `pacing` `domains` `troubles` `retries` `relays` `errors` our manners.
What comes back: `mailboxes` how far they were read; `bounces` reads a mail (`mails` opens it; `reports` `undelivered` `complaints` `autoreplies` `replies` its kinds; `failures` `wordings` judge what a server said).
"""
