"""A correction in an office: drafted from its release's page, written to its end, signed and let go."""

from uuid import UUID

from campaigns.agreement.releases import Release
from campaigns.drafting import lint, messages
from campaigns.drafting.messages import Message
from tests.web import visitors
from tests.web.office import Office


def say_what_was_wrong(office: Office) -> UUID:
    """Write the correction that was just drafted to its end."""
    message, by = office.newest(Message), visitors.appoint(office.client.application)
    with office.database.transaction() as session:
        words = messages.current(session, messages.get(session, message)).read()
        said = {"core": words.core.replace(lint.TO_BE_SAID, "It said Tuesday, and it is Monday.")}
        messages.revise(session, message, words.model_copy(update=said), by=by, at=office.desk.clock())
    return message


def go(office: Office) -> UUID:
    """The same, submitted, sealed, signed for both and on its way; gives its release."""
    office.post(f"/messages/{say_what_was_wrong(office)}/submission")
    return office.set_going(office.newest(Release))
