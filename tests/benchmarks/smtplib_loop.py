"""The loop that most people write: two templates, an `EmailMessage` for every reader, `smtplib` over one connection.

`python -m tests.benchmarks.smtplib_loop LETTER PORT LETTERS` prints what it did as JSON.
"""

import json
import smtplib
import sys
import time
from email.message import EmailMessage
from pathlib import Path

from jinja2 import Environment

from tests.benchmarks import long_letter


def main(letter: Path, port: int, letters: int) -> None:
    """Send so many."""
    page = json.loads(letter.read_text(encoding="utf-8"))
    text = Environment(autoescape=False, keep_trailing_newline=True).from_string(page["text"])  # a text part has nothing to escape
    html = Environment(autoescape=True, keep_trailing_newline=True).from_string(page["html"])
    began, used, accepted = time.monotonic(), time.process_time(), 0
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for number in range(letters):
            reader = long_letter.fields(number)
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = "LOPP team <lopp@countersign.test>", reader["address"], page["subject"]
            message["Message-ID"] = f"<{number}@countersign.test>"
            message["List-Unsubscribe"] = f"<{reader['stop_url']}>"
            message.set_content(text.render(reader))
            message.add_alternative(html.render(reader), subtype="html")
            accepted += not connection.send_message(message)
    print(json.dumps({"accepted": accepted, "seconds": time.monotonic() - began, "cpu": time.process_time() - used}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
