"""`countersign explain-bounce`: read mails as the mailbox would, and say what each means and what would be done. It changes nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from audiences import incoming_post
from campaigns.delivery import bounces
from campaigns.delivery.bounces import BOUNCE, Reading

ENVELOPE = re.compile(
    rb"^From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [^\n]*\n", re.MULTILINE
)


@click.command("explain-bounce")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="A JSON list, one object for each mail.")
def explain_bounce(files: tuple[Path, ...], as_json: bool) -> None:
    """Say what each mail means: a file holds one mail, or several as an mbox does."""
    told = [_told(str(path), number, bounces.read(raw)) for path in files for number, raw in enumerate(_mails(path), 1)]
    click.echo(json.dumps(told, indent=1, ensure_ascii=False) if as_json else "\n\n".join(map(_said, told)))


def _mails(path: Path) -> Iterator[bytes]:
    """The mails in a file."""
    raw = path.read_bytes()
    begins = [0, *(found.start() for found in ENVELOPE.finditer(raw) if found.start() and raw[: found.start()].endswith(b"\n\n"))]
    for begin, end in zip(begins, [*begins[1:], len(raw)], strict=True):
        yield raw[begin:end]


def _told(file: str, number: int, reading: Reading) -> dict[str, Any]:
    contact = {"address": reading.contact.address, "name": reading.contact.name} if reading.contact else None
    recipients = [
        {
            "address": one.address,
            "outcome": one.outcome or reading.kind,
            "permanent": one.permanent,
            "status": one.status or None,
            "reason": one.reason or None,
            "original": one.original or None,
        }
        for one in reading.recipients
        if one.address
    ]
    return {
        "file": file,
        "mail": number,
        "kind": reading.kind,
        "outcome": reading.worst.outcome or None,
        "recipients": recipients,
        "permanent": any(one.permanent for one in reading.recipients),
        "status": next((one.status for one in reading.recipients if one.status), None),
        "reason": next((one.reason for one in reading.recipients if one.reason), None),
        "from": reading.sender,
        "letters": list(reading.speaks_of),
        "new_contact": contact,
        "remark": reading.remark or None,
        "would_do": incoming_post.would_do(reading),
    }


def _said(told: dict[str, Any]) -> str:
    kind = f"{told['outcome']} {told['kind']}" if told["kind"] == BOUNCE and told["outcome"] else told["kind"]
    lines = [f"{told['file']} ({told['mail']}): {kind}"]
    for one in told["recipients"]:
        for_good = "for good" if one["permanent"] else "not for good"
        about = [one["outcome"], for_good, one["status"], one["reason"]] if told["kind"] == BOUNCE else []
        lines.append("  " + ": ".join(filter(None, [one["address"], ", ".join(filter(None, about))])))
    lines += [f"  {told['remark']}"] if told["remark"] else []
    lines += [f"  It names {told['new_contact']['address']} to write to instead."] if told["new_contact"] else []
    return "\n".join([*lines, f"  What would be done: {told['would_do']}"])
