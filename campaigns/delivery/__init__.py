"""How letters leave: one durable row per recipient, the sender's loop, the one module that opens SMTP, removals, and notices to officers."""
