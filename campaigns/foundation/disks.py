"""How much room is left on the disks on which an installation writes: its data folder, and the file of a database that is one."""

import shutil
from pathlib import Path

from sqlalchemy import make_url

from campaigns.foundation.settings import Settings

ROOM = 32 * 1024 * 1024  # octets; with fewer left an installation is not ready: what writes next may be refused


def free(settings: Settings) -> dict[str, int]:
    """Octets left, by what is kept there."""
    url = make_url(settings.database_url)
    folders = {"data": settings.data_dir}
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        folders["database"] = Path(url.database).parent
    return {what: shutil.disk_usage(_standing(folder)).free for what, folder in folders.items()}


def full(settings: Settings) -> list[str]:
    """What is kept where there is no room left."""
    return [what for what, octets in free(settings).items() if octets < ROOM]


def _standing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
