"""The smallest Django project that sends with django-post-office, as one file that is written when it is to run.

Letters are queued 500 at a time by `send_many`, which is faster than one by one, and sent by its own command with two processes.
"""

from pathlib import Path

NAME = "project.py"

PROJECT = """
import json, os, sys, time

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="for a benchmark",
    INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres",
        "HOST": "127.0.0.1", "PORT": os.environ["BENCH_POSTGRES_PORT"],
    }},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(os.environ["BENCH_SMTP_PORT"]),
    POST_OFFICE={
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
        "BATCH_SIZE": int(os.environ["BENCH_LETTERS"]), "BATCH_DELIVERY_TIMEOUT": 1800, "LOG_LEVEL": 1,
    },
    TEMPLATES=[{"BACKEND": "post_office.template.backends.post_office.PostOfficeTemplates", "OPTIONS": {"context_processors": []}},
               {"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
django.setup()

from django.core.management import call_command
from post_office import mail
from post_office.models import STATUS, Email, EmailTemplate

AT_ONCE = 500


def letters_to(numbers, template):
    for number in numbers:
        council = number % 408
        stop_url = f"http://localhost:8000/stop/{number:040}"
        values = {"name": f"Head of service {number}", "organisation": f"Council {council}", "role": "practitioner",
                  "region": "South East", "stop_url": stop_url}
        yield {"recipients": [f"post{number}@council{council}.test"], "sender": "LOPP team <lopp@countersign.test>",
               "template": template, "context": values, "headers": {"List-Unsubscribe": f"<{stop_url}>"}}


def send(letter, letters):
    page = json.load(open(letter))
    template = EmailTemplate.objects.create(
        name="letter", subject=page["subject"], content=page["text"], html_content=page["html"])
    began, before = time.monotonic(), os.times()
    for first in range(0, letters, AT_ONCE):
        mail.send_many(list(letters_to(range(first, min(first + AT_ONCE, letters)), template)))
    call_command("send_queued_mail", processes=2)
    seconds, after = time.monotonic() - began, os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    accepted = Email.objects.filter(status=STATUS.sent).count()
    print(json.dumps({"accepted": accepted, "seconds": seconds, "cpu": cpu}))


if sys.argv[1] == "migrate":
    call_command("migrate", verbosity=0)
else:
    send(sys.argv[2], int(os.environ["BENCH_LETTERS"]))
"""


def write(folder: Path) -> None:
    """Write it into this folder."""
    (folder / NAME).write_text(PROJECT, encoding="utf-8")
