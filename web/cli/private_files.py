"""Files that commands write for whoever ran them: they hold personal data, so nobody else on the machine may read them, whatever its umask.

A file or a folder takes its name once it is whole: a disk that is full leaves nothing that could be taken for it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

OWN_FOLDER = 0o700
UNFINISHED = ".unfinished-"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, for its owner alone, which replaces one that was there. What is no file, such as a terminal, is written to as it is."""
    with _named(path):
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                yield device
            return
        whole = path.resolve()
        handle, beside = tempfile.mkstemp(prefix=UNFINISHED, dir=whole.parent)
        with _whole_or_gone(Path(beside)):
            with os.fdopen(handle, "wb") as file:
                yield file
            Path(beside).replace(whole)


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """A folder to fill in place of this one, which is new or empty: what is put there is found here once all of it is whole."""
    with _named(folder):
        make_folder(folder.parent)
        stood = folder.is_dir()  # as another disk may, which cannot be replaced
        beside = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder if stood else folder.parent))
        with _whole_or_gone(beside):
            yield beside
            if not stood:
                beside.rename(folder)
                return
            for one in beside.iterdir():
                one.rename(folder / one.name)
            beside.rmdir()


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are not there; one that is there stays as it is."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir()
    path.chmod(OWN_FOLDER)


@contextmanager
def _whole_or_gone(beside: Path) -> Iterator[None]:
    """Nothing stays of what was not finished."""
    try:
        yield
    except BaseException:
        shutil.rmtree(beside) if beside.is_dir() else beside.unlink()
        raise


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let a fault name the path that was asked for instead of our unfinished file; a fault of another file keeps its name."""
    try:
        yield
    except OSError as fault:
        if fault.filename and UNFINISHED not in str(fault.filename):
            raise
        raise OSError(fault.errno, fault.strerror, str(path)) from fault
