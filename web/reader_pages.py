"""What the pages behind the links of a letter have in common: the link itself is the authority, so there is no account and no cookie.

Looking changes nothing: mail gateways open every link, and some press the first button they see. So each page asks one question with an
explicit choice, none of them chosen beforehand and the first of them harmless; a form sent as it stands changes nothing and asks again.
"""

from typing import Any

from flask import Blueprint, Response, render_template
from sqlmodel import Session

from audiences import people
from audiences.people import Person
from campaigns.agreement import bearers, releases
from campaigns.agreement.bearers import Bearer
from campaigns.foundation.errors import NotFound, NotYet, Refused
from web import desk, forms, recalls, refusals

AFTER_IT = "/.,;:!?)]>\"'”’"
ERASED = "Your name and address have been erased here, so this link no longer works."


class ReaderForm(forms.Form):
    """A form whose authority is the link it stands behind: there is no session that a forged request could use."""

    class Meta:
        """Without a guard, which would need a cookie."""

        csrf = False


def blueprint(name: str) -> Blueprint:
    """A blueprint whose pages no search engine keeps, and which refuses in a page without navigation."""
    made = Blueprint(name, __name__)
    made.url_value_preprocessor(_without_what_follows)
    made.after_request(keep_out_of_indexes)
    made.register_error_handler(Refused, _refused)
    return made


def page(template: str, **values: Any) -> str:
    """A page with the sender's name and how to reach a person."""
    return render_template(f"public/{template}.html", settings=desk.settings(), **values)


def bearer(session: Session, token: str, link: str) -> Bearer:
    """Whose link this is; refuses what is none, always alike."""
    return bearers.known(session, token, link, secrets=desk.settings().secrets)


def reader(session: Session, known: Bearer) -> Person:
    """The person the letter went to. Refuses one who was erased."""
    return not_erased(people.get(session, known.person_id))


def not_erased(person: Person) -> Person:
    """The same person; refuses one who was erased."""
    if person.is_erased:
        raise NotFound(ERASED)
    return person


def subject(session: Session, known: Bearer) -> str:
    """The letter's subject, by which its reader knows it again."""
    release = releases.get(session, known.release_id)
    said = releases.said(release)
    return said.subject if said else release.title


def letter(session: Session, known: Bearer) -> dict[str, Any]:
    """Whose letter the link stands in, which it is, and what became of it since. Refuses one whose reader was erased."""
    recall = recalls.of(session, releases.get(session, known.release_id))
    return {"person": reader(session, known), "subject": subject(session, known), "recall": recall}


def keep_out_of_indexes(response: Response) -> Response:
    """Tell search engines to keep nothing of a page whose address is its key."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _without_what_follows(_: str | None, asked: dict[str, Any] | None) -> None:
    """A link copied from a sentence, or typed with a slash at its end, brings along what stood after it: none of that is ever part of a token."""
    if asked and "token" in asked:
        asked["token"] = asked["token"].rstrip(AFTER_IT)


def _refused(refusal: Refused) -> tuple[str, int]:
    if isinstance(refusal, NotYet):  # the link is good: whoever keeps it for the day must not be told that it is dead
        return page("reader_refused", title="Not open yet", sentence=refusal.sentence, typed=[]), 200
    code = refusals.status(refusal)
    title = "This link does not work" if code == 404 else "This was not done"
    return page("reader_refused", title=title, sentence=refusal.sentence, typed=refusals.typed_words()), code
