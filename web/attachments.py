"""A file that travels with a message, to be looked at before anyone signs."""

from flask import Blueprint, Response

from campaigns.drafting import attachments
from campaigns.foundation.errors import NotFound
from web import desk

bp = Blueprint("attachments", __name__)

# Never shown in a page of ours: it is saved, and opened by whatever opens such files.
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@bp.get("/attachments/<digest>/<name>")
def show(digest: str, name: str) -> Response:
    """The file's content, under the name it travels by."""
    with desk.reading() as session:
        file = attachments.find(session, digest)
    if attachments.cleaned(name, file.type) != name:
        raise NotFound("There is no file of that name.")
    answer = Response(file.content, mimetype=file.type, headers={"Content-Security-Policy": POLICY, "Cache-Control": "private, no-store"})
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
