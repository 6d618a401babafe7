"""Some things may happen in one place only; each of these tests names the thing and the place."""

import ast

from tests.house import source

TRANSACTION_OPENERS = {"engine", "connection", "conn", "session"}
SMTP_CLIENTS = ("smtplib", "aiosmtplib", "flask_mail", "flask_mailman")
NO_MAIL_SERVER = {"audiences/calendar_fetching.py", "workers/rehearsal_processes.py"}  # web calendars; whether its own processes listen
BROKER_VERBS = {"send", "send_with_options", "enqueue"}


def _receiver(attribute: ast.Attribute) -> str:
    """`self.engine.begin` → "engine": the last name before the dot."""
    value = attribute.value
    return value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""


def test_only_the_database_module_commits() -> None:
    commits = {module.path for module in source.product() if module.calls(lambda call: call.attr == "commit")}
    assert commits == {"campaigns/foundation/database.py"}


def test_nobody_commits_by_another_name() -> None:
    openers = {
        module.path
        for module in source.product()
        if module.calls(lambda call: call.attr == "begin" and _receiver(call) in TRANSACTION_OPENERS) or "AUTOCOMMIT" in module.text
    }
    assert openers <= {"campaigns/foundation/database.py", "campaigns/migrations/__init__.py"}


def test_one_module_opens_smtp() -> None:
    """`calling` opens; `plain` lets the standard library talk on what it opened; nobody but the workers' tools makes either transport.

    `conversations` talks on a line that `pipelined` had opened; `resolving` knocks at the relay, and carries no letter.
    """
    opened = {module.path for module in source.product() if module.calls(lambda call: call.attr == "create_connection")}
    assert opened - NO_MAIL_SERVER == {"campaigns/delivery/calling.py"}
    assert {path for name in SMTP_CLIENTS for path in source.importers(name)} == {"campaigns/delivery/plain.py"}
    assert not any(module.calls(lambda call: call.attr in {"SMTP", "SMTP_SSL", "LMTP"}) for module in source.product())
    assert source.importers("campaigns.delivery.calling") == {
        "campaigns/delivery/pipelined.py",
        "campaigns/delivery/plain.py",
        "workers/resolving.py",
    }
    assert source.importers("campaigns.delivery.conversations") == {"campaigns/delivery/pipelined.py"}
    assert source.importers("campaigns.delivery.pipelined") == source.importers("campaigns.delivery.plain") == {"workers/tools.py"}


def test_one_module_imports_premailer() -> None:
    assert source.importers("premailer") == {"campaigns/drafting/letters.py"}


def test_only_the_sending_worker_reaches_the_sender() -> None:
    assert source.importers("campaigns.delivery.sender") == {"workers/sending.py"}


def test_only_the_table_of_subscriptions_reaches_the_sending_worker() -> None:
    assert source.importers("workers.sending") == {"workers/subscriptions.py"}


def test_only_the_relay_calls_dramatiq() -> None:
    callers = {
        module.path for module in source.product() if module.calls(lambda call: call.attr in BROKER_VERBS and _receiver(call) != "sender")
    }
    callers -= {
        "campaigns/delivery/line.py",
        "campaigns/delivery/plain.py",
    }  # they send to a mail server; their floor cannot import dramatiq
    assert callers == {"workers/relay.py"}


def test_only_entry_points_look_at_the_clock() -> None:
    """Time is an argument (`at=`); the floors below the entrances ask nobody what time it is."""
    lookers = {
        module.path
        for module in source.product()
        if module.calls(lambda call: call.attr in {"now", "utcnow", "today"} and _receiver(call) in {"clock", "datetime", "date"})
    }
    below = {path for path in lookers if path.startswith(("campaigns/", "audiences/"))}
    assert below <= {"campaigns/foundation/clock.py"}
