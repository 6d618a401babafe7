"""The proof of a release, to take away: the bundle that anybody can check, and the certificate on its own. Looking changes nothing."""

import tempfile
from uuid import UUID

from flask import Blueprint, Response, request
from sqlmodel import Session
from werkzeug.wsgi import wrap_file

from campaigns.agreement import bundles, manifest, releases
from campaigns.agreement.bundles import Parts
from campaigns.foundation.errors import NotAllowedNow
from web import desk

bp = Blueprint("proofs", __name__, url_prefix="/releases/<uuid:release_id>")


@bp.get("/bundle.zip")
def bundle(release_id: UUID) -> Response:
    """Everything that proves it was agreed; it holds no reader's name or address."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    with desk.reading() as session:
        parts = _parts(session, release_id)
        bundles.pack_into(file, parts)
    size = file.tell()
    file.seek(0)
    answer = Response(wrap_file(request.environ, file), mimetype="application/zip", direct_passthrough=True)
    answer.content_length = size
    return _named(answer, parts, "bundle-{}.zip")


@bp.get("/certificate.pdf")
def certificate(release_id: UUID) -> Response:
    """Who agreed to what, on one page."""
    with desk.reading() as session:
        parts = _parts(session, release_id)
    return _named(Response(parts.certificate or b"", mimetype="application/pdf"), parts, "certificate-{}.pdf")


def _parts(session: Session, release_id: UUID) -> Parts:
    if not bundles.is_agreed(session, releases.get(session, release_id)):
        raise NotAllowedNow("This release has not been agreed by both parties, so there is nothing to prove.")
    return bundles.covered(bundles.gather(session, release_id))


def _named(answer: Response, parts: Parts, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name.format(manifest.read(parts.manifest).reference)}"'
    return answer
