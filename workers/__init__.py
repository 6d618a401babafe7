"""The entrance for work that waits for nobody: what happens after a step is told, and what the clock finds due.

`main` the `countersign-worker` commands · `relay` tells events to Dramatiq · `scheduler` finds what is due · `subscriptions` the one table of who hears what ·
`sealing` `sending` `notifying` `projecting` the subscribers · `catcher` and `rehearsal` for trying it all out.

This floor may import `audiences` and `campaigns`, never `web`.
"""
