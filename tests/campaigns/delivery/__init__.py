"""Every letter once: claims, the sender, the transport, removals, notices."""
