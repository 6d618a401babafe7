"""The proof of a release, to take away: the bundle that anybody can check, and the certificate on its own. Looking changes nothing."""

from uuid import UUID

from flask import Blueprint, Response

from campaigns.agreement import bundles, manifest, releases
from campaigns.agreement.bundles import Parts
from campaigns.foundation.errors import NotAllowedNow
from web import desk

bp = Blueprint("proofs", __name__, url_prefix="/releases/<uuid:release_id>")


@bp.get("/bundle.zip")
def bundle(release_id: UUID) -> Response:
    """Everything that proves it was agreed; it holds no reader's name or address."""
    parts = _parts(release_id)
    return _file(bundles.pack(parts), parts, "application/zip", "bundle-{}.zip")


@bp.get("/certificate.pdf")
def certificate(release_id: UUID) -> Response:
    """Who agreed to what, on one page."""
    parts = _parts(release_id)
    return _file(parts.certificate or b"", parts, "application/pdf", "certificate-{}.pdf")


def _parts(release_id: UUID) -> Parts:
    with desk.reading() as session:
        if not bundles.is_agreed(session, releases.get(session, release_id)):
            raise NotAllowedNow("This release has not been agreed by both parties, so there is nothing to prove.")
        parts = bundles.gather(session, release_id)
    return bundles.covered(parts)


def _file(content: bytes, parts: Parts, kind: str, name: str) -> Response:
    answer, said = Response(content, mimetype=kind), manifest.read(parts.manifest)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name.format(said.reference)}"'
    return answer
