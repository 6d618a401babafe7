"""The form for a sheet of paper: a tick for each known post, lines for whoever else wrote their name, and head-counts without names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session
from wtforms import Field, ValidationError

from audiences import attendees, roles
from audiences.people import Person
from audiences.roles import ROLES, Place
from campaigns.briefings import sign_ins
from campaigns.briefings.attendance import APOLOGIES, PRESENT
from campaigns.briefings.sign_ins import Line
from web import form_fields, forms

LINES, LINES_ELSEWHERE, COUNTS = 8, 2, 3
NOBODY = ("", "–")
OF_ANYBODY = [NOBODY, *((role, roles.title(role)) for role in ROLES if role != roles.LAPS_LEAD)]


class _Part(forms.Form):
    """A line of the sheet: its guard is the sheet's own. `places` is what may be chosen."""

    class Meta:
        """The whole form has one guard."""

        csrf = False

    place = forms.one_of("Authority")
    role = forms.one_of("Role")

    def __init__(self, places: Mapping[str, Place], offered: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(**options)
        self.places = places
        forms.offer(self.place, [NOBODY, *((code, place.name) for code, place in places.items())])
        forms.offer(self.role, offered)
        for field in self:
            field.data = field.data or field.default or ""  # whoever sends a few lines only leaves the others empty

    def validate_role(self, field: Field) -> None:
        """A line has a place and a role held there, or neither."""
        place = self.places.get(self.place.data or "")
        if place is None and field.data:
            raise ValidationError("Choose the authority of this line")
        if place is not None and field.data not in attendees.roles_at(place):
            raise ValidationError(f"Choose a role held at {place.name}: {_listed(place)}")


class LineForm(_Part):
    """Somebody by name."""

    name = forms.text("Name or post", limit=sign_ins.LONGEST_NAME)
    status = forms.one_of("Was there?", [(PRESENT, "Was there"), (APOLOGIES, "Sent apologies")])

    def validate_name(self, field: Field) -> None:
        """A name says where it is from."""
        if (field.data or "").strip() and not self.place.data:
            raise ValidationError("Choose the authority of whoever is named here")


class CountForm(_Part):
    """How many, without names."""

    number = forms.text("How many", limit=4)

    def validate_number(self, field: Field) -> None:
        """Nought takes a head-count back."""
        text = (field.data or "").strip()
        if bool(text) != bool(self.place.data):
            raise ValidationError("Give the authority, the role and how many, or leave all three empty")
        if text and ((number := form_fields.whole(text)) is None or number > sign_ins.LARGEST_COUNT):
            raise ValidationError(f"Enter a number of people from 0 to {sign_ins.LARGEST_COUNT}")


class PaperForm(forms.Form):
    """The whole sheet. `usual`: what a line says of somebody until another is chosen."""

    posts = forms.ticks("Known posts")
    save = forms.submit("Save the sheet")

    def __init__(self, here: Sequence[Place], elsewhere: Sequence[Place], posts: Mapping[str, list[Person]], *, usual: str) -> None:
        super().__init__()
        self.places = {place.code: place for place in (*here, *elsewhere)}
        self.people = {person.id: person for there in posts.values() for person in there}
        forms.offer(self.posts, [(str(person_id), person.name) for person_id, person in self.people.items()])
        near, far = {place.code: place for place in here}, {place.code: place for place in elsewhere}
        held = {role for place in here for role in attendees.roles_at(place)}
        usual_roles = [NOBODY, *((role, roles.title(role)) for role in ROLES if role in held)]
        self.named = [LineForm(near, usual_roles, prefix=f"line-{number}", data={"status": usual}) for number in range(LINES)]
        self.named += [LineForm(far, OF_ANYBODY, prefix=f"other-{number}", data={"status": usual}) for number in range(LINES_ELSEWHERE)]
        self.counted = [CountForm(near, usual_roles, prefix=f"count-{number}") for number in range(COUNTS)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Every line too, so that all can be mended in one go."""
        return all([super().validate(extra_validators), *(part.validate() for part in self.parts)])

    @property
    def parts(self) -> list[_Part]:
        """Every line and head-count, as the page has them."""
        return [*self.named, *self.counted]

    @property
    def errors(self) -> dict[str | None, Sequence[str]]:
        """What is wrong, with the lines too."""
        return {**super().errors, **{field.name: field.errors for part in self.parts for field in part if field.errors}}

    def lines_of(self, session: Session) -> list[Line]:
        """What was typed in."""
        return [*self._ticked(), *self._named(session), *self._counted(session)]

    def _ticked(self) -> Iterator[Line]:
        for person in (self.people[UUID(ticked)] for ticked in self.posts.data or ()):
            yield Line(attendees.holder(self.places[person.place], person))

    def _named(self, session: Session) -> Iterator[Line]:
        for line in self.named:
            if line.place.data:
                yield Line(
                    attendees.attendee(session, self.places[line.place.data], line.role.data, line.name.data or ""), line.status.data
                )

    def _counted(self, session: Session) -> Iterator[Line]:
        for line in self.counted:
            if line.place.data:
                who = attendees.attendee(session, self.places[line.place.data], line.role.data, "")
                yield Line(who, number=int(line.number.data))


def _listed(place: Place) -> str:
    return ", ".join(roles.words(role) for role in attendees.roles_at(place))
