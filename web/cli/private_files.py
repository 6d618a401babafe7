"""Files that commands write for whoever ran them: they hold personal data, so nobody else on the machine may read them, whatever its umask."""

import os
import stat
from pathlib import Path
from typing import IO

OWN_FILE, OWN_FOLDER = 0o600, 0o700


def opened(path: Path) -> IO[bytes]:
    """The file, emptied, to be written to. One that was there becomes its owner's alone, too; what is no file, as a terminal, stays as it is."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWN_FILE)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        os.fchmod(handle, OWN_FILE)
    return os.fdopen(handle, "wb")


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are not there; one that is there stays as it is."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir()
    path.chmod(OWN_FOLDER)
