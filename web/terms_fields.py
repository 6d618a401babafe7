"""The part of a message's form about its terms: what class it is, and what must be so at an authority before its letters go there."""

from campaigns.drafting.terms import ASK, BASICS, BETTER_TWICE, MILESTONE, Terms
from campaigns.planning.windows import MINISTERIAL, OPERATIONAL, PUBLICITY
from web import forms

LINES = ("overrides_quiet", "waives_basics", "waits_for", "follows_up")
CHOICES = ("message_class", "stage", "when_unclear")


class TermsFields(forms.Form):
    """Class, quiet periods, and what comes first; every message's form has them."""

    message_class = forms.choice(
        "What kind of message is it?",
        [
            (PUBLICITY, "Publicity: held in pre-election periods"),
            (OPERATIONAL, "Operational: goes on in pre-election periods"),
            (MINISTERIAL, "Ministerial: names a minister or a decision of Government; held in pre-election periods"),
        ],
        default=PUBLICITY,
    )
    overrides_quiet = forms.text(
        "Why it goes on in a pre-election period (optional)",
        hint="Only if it must. Both parties sign this reason. Leave empty to have it held.",
        limit=1000,
    )
    stage = forms.choice(
        "Does it come in an order?",
        [
            ("", "No"),
            (BASICS, "It gives the basics: what LOPP is"),
            (MILESTONE, "It tells of a milestone: only to authorities that have had the basics"),
        ],
        default="",
    )
    waives_basics = forms.text(
        "Why a milestone goes to authorities without the basics, too (optional)", hint="Both parties sign this reason.", limit=1000
    )
    waits_for = forms.text(
        "What must have happened first (optional)",
        hint="Choose what the campaign’s page names, or type what is still to be named there. Nothing goes before an officer records it there.",
        limit=1000,
        render_kw={"params": {"attributes": {"list": "milestones"}}},
    )

    follows_up = forms.choice(
        "Does it follow the briefings of a tour?",
        hint="Then write ((attendance)) where the three kinds of readers read something else, and give the three lines below.",
        default="",
    )

    when_unclear = forms.choice(
        "What should happen if nothing shows whether a letter went?",
        [
            (ASK, "Ask an officer"),
            (BETTER_TWICE, "Send it once more: better twice than never. Its reader may get it twice; reports will say so"),
        ],
        default=ASK,
    )

    def terms(self) -> Terms:
        """The terms as typed. For a choice that is not on the list the usual one is taken: its field says what is wrong."""
        lines = {name: (self[name].data or "").strip() for name in LINES}
        chosen = {name: self[name].data for name in CHOICES if self[name].data and not self[name].errors}
        return Terms.model_validate(lines | chosen)
