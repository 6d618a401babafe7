"""Every letter once, to one reader, and what became of it.

**Words of this floor.** A *chunk*: some hundred letters that one worker takes in hand together. Its *claim*: the right to them, while the *lease* runs;
the *hand* is what a claim is known by. The *room*: the turns that mail domains have for the chunk. The *way*: from which machine a letter left,
through which relay. An *outcome*: what the relay said; the *fate*: what that makes of the letter. A letter is *unmade* that could not be put
together, and *fell* if its worker ended with it in hand. *Unclear*: its dot may have gone, and no answer was heard.

**A letter's way.** `deliveries` a row per letter and its life · `plans` which are queued · `claims` a chunk taken by one worker, the gate asked again ·
`sender` attempt, send, settle · `envelopes` verify and date · `fates` · `settling` `journals` `recovery` what became of a claim.
**The relay.** `transport` what a sender needs of a way to it: `pipelined` in `conversations` on a `line`, and `plain`, its reference on smtplib ·
`calling` alone opens connections, `lookups` asks where a name leads · `relays` `relay_urls` `brakes` which relay, and when it is left alone · `dkim`.
**Whether it may go.** `removals` addresses not to be written to · `timing` when, `before_briefings` where that hangs on a briefing · `arming` `armed`
from which machine, `halts` what is said while none may · `pauses` when a release pauses itself · `departures` which letters may have left.
**Manners.** `manners` `pacing` `domains` `rooms` `troubles` `retries` turns of mail domains and further tries · `verdicts` what a refusal is about.
**Unclear letters.** `unclear` what is to be found out: `relay_logs` and `relay_log_lines` what the relay wrote down, `relay_sessions` what it is still
at, `witnesses` whether that has gaps · `decisions` an officer's word.
**What comes back.** `mailboxes` how far they were read · `verp` whose letter it was · `bounces` reads a mail (`mails` opens it; `reports` `undelivered`
`complaints` `autoreplies` `replies` its kinds; `failures` `wordings` judge what a server said) · `incoming` what is kept of it · `returns` whether
too many came back · `acknowledgements` what readers say through their links.
**Beside it.** `notices` e-mails to officers · `trials` a letter to oneself · `unsent` what waits for an authority, `windowless` what cannot go any
more · `corrections` to exactly those whom another release may have `reached` · `listings` letters in one state, `correspondence` those of one
person · `heartbeats` which workers live, `speed` how fast it goes · `chunk_joins` how PostgreSQL is asked.
"""
