"""Attacks on the sign-off gate, A1 to A38: each tried, each met by a refusal and no message at a real mail server, each beside a control."""
