"""What an officer does, in Chromium, against the real processes of `make run`: web, worker, catcher."""
