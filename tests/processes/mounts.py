"""Disks for drills: a small one in memory that can be filled and freed, and a folder that can be made read-only. Only root can."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BLOCKS = (1 << 20, 1 << 12, 1)  # octets written at once, until not even one more fits


@dataclass(frozen=True)
class Disk:
    """Where it is."""

    folder: Path

    def fill(self) -> None:
        """Until not one octet more fits."""
        for size in BLOCKS:
            file = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            try:
                while os.write(file, bytes(size)) == size:
                    pass
            except OSError:
                continue  # full, in blocks of this size
            finally:
                os.close(file)

    def free(self) -> None:
        """Take away what it was filled with."""
        self._ballast.unlink(missing_ok=True)

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


def why_not(folder: Path) -> str:
    """Why nothing can be mounted on this folder; empty when something can."""
    refused = _mount("-t", "tmpfs", "-o", "size=1m", "drill", str(folder))
    if not refused:
        _run("umount", str(folder))
    return f"nothing can be mounted here: {refused}" if refused else ""


@contextmanager
def disk(folder: Path, *, megabytes: int) -> Iterator[Disk]:
    """A disk of this size on a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if refused := _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "drill", str(folder)):
        raise OSError(refused)
    try:
        yield Disk(folder)
    finally:
        _run("umount", "--lazy", str(folder))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing can be made in this folder, or opened to be written, meanwhile."""
    if refused := _mount("--bind", str(folder), str(folder)) or _mount("-o", "remount,bind,ro", str(folder)):
        raise OSError(refused)
    try:
        yield
    finally:
        _run("umount", "--lazy", str(folder))


def _mount(*words: str) -> str:
    """What it said when it was refused; empty when it was not."""
    return _run("mount", *words)


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"
