"""Somebody else should get this: a reader tells us who, or that they are the wrong person; an officer decides what becomes of it."""

from sqlmodel import Session
from wtforms import Field, ValidationError

from audiences import contacts, suggestions
from audiences.suggestions import SOMEBODY_ELSE, WRONG_PERSON
from campaigns.agreement.bearers import Bearer
from campaigns.foundation.errors import NotAllowedNow, Refused
from campaigns.foundation.reader_links import READER
from web import desk, forms, reader_pages
from web.reader_pages import ReaderForm

bp = reader_pages.blueprint("passing_on")

MINE, TOO, WRONG = "mine", "too", "wrong"
KINDS = {TOO: SOMEBODY_ELSE, WRONG: WRONG_PERSON}
CONTRADICTS = (
    "You wrote who else should get it, or something we should know: choose what holds, or empty the boxes. Nothing has been passed on"
)
MOST = 10  # of one reader, waiting for an officer


class ShareForm(ReaderForm):
    """Is it for them, and who else should get it."""

    who = forms.choice(
        "Is this letter for you?",
        [(MINE, "Yes, and nobody else needs it"), (TOO, "Yes, and somebody else should get it too"), (WRONG, "No, I am the wrong person")],
        needed="Choose one. Nothing has been passed on",
    )
    name = forms.text("Their name or post", limit=suggestions.LONGEST_LINE)
    address = forms.text("Their e-mail address", limit=suggestions.LONGEST_LINE)
    note = forms.long_text("Anything else we should know", limit=suggestions.LONGEST_NOTE, rows=4)
    submit = forms.submit("Send my answer")

    def validate_who(self, field: Field) -> None:
        """What was written below is passed on, or asked about."""
        if field.data == MINE and any((box.data or "").strip() for box in (self.name, self.address, self.note)):
            raise ValidationError(CONTRADICTS)

    def validate_name(self, field: Field) -> None:
        """Somebody who should get it too is named, or their address given."""
        if self.who.data == TOO and not (field.data or "").strip() and not (self.address.data or "").strip():
            raise ValidationError("Enter their name or post, or their e-mail address")

    def validate_address(self, field: Field) -> None:
        """An address, where one is given, is one."""
        if (field.data or "").strip():
            try:
                contacts.usable_address(field.data, test_domains_allowed=desk.settings().test_domains_allowed)
            except Refused as refusal:
                raise ValidationError(refusal.sentence) from None


@bp.route("/share/<path:token>", methods=["GET", "POST"])
def share(token: str) -> str:
    """Whether the letter came to the right person, and who else there is."""
    form = ShareForm()
    with desk.reading() as session:
        known = reader_pages.bearer(session, token, "share")
        about = reader_pages.letter(session, known)
    if not form.validate_on_submit():
        return reader_pages.page("share", form=form, **about)
    if form.who.data != MINE:
        with desk.writing() as session:
            _keep(session, known, form)
    return reader_pages.page("shared", passed_on=form.who.data != MINE, **about)


def _keep(session: Session, known: Bearer, form: ShareForm) -> None:
    person = reader_pages.reader(session, known)
    if suggestions.waiting_about(session, person.id) >= MOST:
        raise NotAllowedNow(
            "You have already told us about several people, and an officer has yet to look at them. To tell us about more, write to us."
        )
    suggestions.make(
        session,
        about=person.id,
        authority_code=person.authority_code or "",
        kind=KINDS[form.who.data],
        name=" ".join((form.name.data or "").split()),
        address=form.address.data or "",
        note=form.note.data or "",
        source="the reader's page",
        by=READER,
        at=desk.now(),
    )
