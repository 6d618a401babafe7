"""Audiences: who a letter is for. The five by name first, then the others, each with its rule as a sentence, its numbers and its list."""

from collections import Counter

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import authorities, definitions, organisations, roles
from audiences.authorities import NATIONS
from audiences.definitions import FOUNDING
from audiences.roles import BODY_ROLES, ROLES
from audiences.rules import Rule
from campaigns.agreement.addressees import Addressee
from campaigns.drafting import messages
from campaigns.foundation.errors import Refused
from web import csv_files, desk, directory, forms, refusals, words
from web.guards import for_writers

bp = Blueprint("audiences", __name__, url_prefix="/audiences")

FIVE = [key for key, *_ in FOUNDING[:5]]
FURTHER = [key for key, *_ in FOUNDING[5:]]
COLUMNS = ("Name", "Role", "Organisation", "Nation", "Region", "Address", "Authority code")
NOWHERE = "No one nation"


class RuleForm(forms.Form):
    """Whom an audience is made of. Nothing ticked asks nothing."""

    roles = forms.ticks("Roles", [(role, roles.title(role)) for role in ROLES], hint="Tick none for everybody")
    nations = forms.ticks("Nations", [(nation, nation) for nation in NATIONS], hint="Tick none for all")
    regions = forms.ticks("Regions", hint="Tick none for all")
    kinds = forms.ticks("Kinds of authority or body", hint="Tick none for all")
    enforcing_only = forms.tick("Only authorities that enforce health and safety", default=True)

    def offer(self, session: Session) -> None:
        """Fill in what the register knows."""
        self.regions.choices = [(region, region) for region in authorities.regions(session)]
        self.kinds.choices = [(kind, kind[0].upper() + kind[1:]) for kind in (*authorities.kinds(session), *organisations.KINDS)]

    def rule(self) -> Rule:
        """What was ticked, as a rule."""
        chosen = {name: tuple(self[name].data or ()) for name in ("roles", "nations", "regions", "kinds")}
        return Rule(**chosen, enforcing_only=bool(self.enforcing_only.data))


class AudienceForm(RuleForm):
    """A new audience: a name and a rule."""

    name = forms.text("Name", needed="Enter a name for the audience", hint="For example, Practitioners in Wales", limit=60)
    save = forms.submit("Make this audience")


class ChangeForm(RuleForm):
    """Another rule for an audience that is there."""

    save = forms.submit("Change who is in it")


@bp.get("")
def every() -> str:
    """All audiences with their counts, and how many places have nobody with an address."""
    with desk.reading() as session:
        counted = {count.key: (count, _without(session, count)) for count in definitions.counts(session)}
    known = [*FIVE, *FURTHER]
    parts = [
        ("The five audiences", [counted[key] for key in FIVE if key in counted]),
        ("Also written to", [counted[key] for key in FURTHER if key in counted]),
        ("Made here", [found for key, found in counted.items() if key not in known]),
    ]
    return render_template("audiences/every.html", parts=parts)


@bp.get("/<key>")
def show(key: str) -> str:
    """One audience: rule, numbers, where its people are, who gets no letter, and the list."""
    with desk.reading() as session:
        count = definitions.count(session, key)
        without = _without(session, count)
        sifted = definitions.sift(session, [key])
        used = _used(session, key)
    places = Counter((reader.nation or NOWHERE, reader.region or reader.nation or NOWHERE) for reader in sifted.addressees)
    region = request.args.get("region", "")
    shown = [reader for reader in sifted.addressees if region in ("", reader.region or reader.nation or NOWHERE)]
    page = desk.page_asked(len(shown) or 1 if "all" in request.args else 50).of(len(shown))
    return render_template(
        "audiences/show.html",
        count=count,
        without=without,
        places=sorted(places.items()),
        region=region,
        left_out=sifted.left_out,
        used=used,
        readers=shown[page.offset : page.offset + page.size],
        page=page,
        said=roles.words,
    )


@bp.get("/<key>/audience.csv")
def export(key: str) -> Response:
    """Everybody who would get a letter, as a file."""
    with desk.reading() as session:
        return csv_files.answer(
            definitions.get(session, key).key, COLUMNS, [_cells(reader) for reader in definitions.resolve(session, [key])]
        )


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def define() -> str | AnyResponse:
    """Make an audience of one's own."""
    form = AudienceForm()
    with desk.reading() as session:
        form.offer(session)
    if form.validate_on_submit():
        try:
            with desk.writing() as session:
                key = definitions.define(session, name=form.name.data, rule=form.rule(), by=desk.current_officer(), at=desk.now())
        except Refused as refusal:
            refusals.show_on(form, refusal)
        else:
            flash(f"{form.name.data} can be written to now.", "success")
            return redirect(url_for("audiences.show", key=key))
    return render_template("audiences/define.html", form=form)


@bp.route("/<key>/rule", methods=["GET", "POST"])
@for_writers
def change(key: str) -> str | AnyResponse:
    """Change who is in an audience; releases that were sealed keep the readers they have."""
    with desk.reading() as session:
        standing = definitions.rule_of(definitions.get(session, key))
        form = ChangeForm(data=None if request.method == "POST" else standing.model_dump())
        form.offer(session)
    if form.validate_on_submit():
        with desk.writing() as session:
            changed = definitions.redefine(session, key, rule=form.rule(), by=desk.current_officer(), at=desk.now())
        flash("The rule is changed." if changed else "Nothing changed.", "success")
        return redirect(url_for("audiences.show", key=key))
    with desk.reading() as session:
        return render_template("audiences/change.html", form=form, audience=definitions.get(session, key))


def _without(session: Session, count: definitions.Count) -> str:
    """How many of the places an audience asks about have nobody with an address, in words."""
    if count.denominator:
        return f"{count.denominator - count.authorities:,} of {words.many(count.denominator, 'authority', 'authorities')}"
    rule = definitions.rule_of(definitions.get(session, count.key))
    kinds = [kind for role in rule.roles for kind in BODY_ROLES.get(role, ())]
    missing, asked = directory.bodies_without(session, kinds, rule.roles, opted_in=not rule.enforcing_only)
    return f"{missing} of {words.many(asked, 'body', 'bodies')}"


def _used(session: Session, key: str) -> list[tuple[str, str]]:
    """The messages written to an audience: title and page, the newest first."""
    found = messages.every(session)
    mine = [message for message in found if key in messages.current(session, message).read().audiences]
    return [(message.title, url_for("messages.show", message_id=message.id)) for message in mine]


def _cells(reader: Addressee) -> list[object]:
    role = roles.words(reader.role)
    return [reader.name, role, reader.organisation, reader.nation, reader.region, reader.address, reader.authority_code]
