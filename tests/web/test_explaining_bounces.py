"""`countersign explain-bounce` says what each mail means, and changes nothing."""

import json
from pathlib import Path

from click.testing import CliRunner

from web.cli.main import countersign

MAILS = Path(__file__).parents[1] / "campaigns" / "delivery" / "mails"


def explain(*arguments: str) -> str:
    done = CliRunner().invoke(countersign, ["explain-bounce", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_each_mail_is_told_as_an_object() -> None:
    files = [str(MAILS / f"{name}.eml") for name in ("dsn-no-such-mailbox", "dsn-delayed", "out-of-office", "complaint", "ordinary")]

    hard, late, away, complaint, ordinary = json.loads(explain("--json", *files))

    assert hard["recipients"] == [
        {
            "address": "anna@ashby.test",
            "outcome": "hard",
            "permanent": True,
            "status": "5.1.1",
            "reason": "no such mailbox",
            "original": "anna@ashby.test",
        }
    ]
    assert (hard["kind"], hard["outcome"], "no more letters" in hard["would_do"]) == ("bounce", "hard", True)
    assert (late["outcome"], late["permanent"], late["would_do"]) == ("delayed", False, "Nothing: the letter is late and still on its way.")
    assert (away["kind"], away["new_contact"]["address"]) == ("auto-reply", "sue.jones@ashby.test")
    assert (complaint["kind"], complaint["recipients"][0]["outcome"]) == ("complaint", "complaint")
    assert (ordinary["kind"], ordinary["recipients"]) == ("other", [])


def test_it_is_told_in_words_too_and_of_every_mail_in_a_file(tmp_path: Path) -> None:
    mbox = tmp_path / "several"
    parts = [(MAILS / f"{name}.eml").read_bytes() for name in ("qmail", "gmx")]
    mbox.write_bytes(b"".join(b"From MAILER-DAEMON  Tue May 12 11:00:00 2026\n" + part + b"\n" for part in parts))

    said = explain(str(mbox))

    assert "(1): hard bounce\n  anna@ashby.test: hard, for good, no such mailbox" in said
    assert "(2): soft bounce\n  anna@ashby.test: soft, for good, 5.2.2, mailbox full" in said
