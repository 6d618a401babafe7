"""`countersign bundle`: put the whole proof of a release into one file, and check such a file as anybody else would."""

import subprocess
import sys
from pathlib import Path

import click

from campaigns.agreement import bundles, manifest
from campaigns.foundation import settings
from web.cli import installation, private_files
from web.words import many

NEW = click.Path(dir_okay=False, path_type=Path)
OLD = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("bundle")
def group() -> None:
    """The proof that a release was agreed, in one file."""


@group.command()
@click.argument("reference")
@click.option("-o", "--output", "file", type=NEW, required=True, help="Where to write the bundle.")
@click.option("--without", "left_out", type=click.Choice(["certificate"]), multiple=True, help="Leave the printable certificate out.")
def export(reference: str, file: Path, left_out: tuple[str, ...]) -> None:
    """Write the bundle of the release with this REFERENCE (the eight characters every letter carries)."""
    with installation.opened() as (_, database), database.reading() as session:
        parts = bundles.gather(session, bundles.find(session, reference))
        whole = parts if "certificate" in left_out else bundles.covered(parts)
        with private_files.opened(file) as written:
            bundles.pack_into(written, whole)
    click.echo(
        f"{file}: {many(manifest.read(parts.manifest).letters, 'letter')}, {many(len(parts.signatures), 'signature')}, "
        f"{many(len(parts.rosters), 'roster')}."
    )


@group.command()
@click.argument("file", type=OLD)
@click.option("--message", "letters", type=OLD, multiple=True, metavar="LETTER.eml", help="A letter as it was received; may be repeated.")
@click.option("--trust", metavar="FINGERPRINT", help="Of a roster that you had from a party, not from this bundle.")
@click.option(
    "--rehearsal", is_flag=True, help="Accept the keys that programs hold; where COUNTERSIGN_ENV is test, they are accepted anyway."
)
@click.option("--accept-passwords", is_flag=True, help="Accept what was signed with a password, which nobody can check again.")
def verify(file: Path, letters: tuple[Path, ...], trust: str | None, rehearsal: bool, accept_passwords: bool) -> None:
    """Check a bundle. Exit 1 and the first fault when it fails.

    In a process of its own, by the file that `bundle verifier` writes: nothing of this installation takes part.
    """
    implied = not rehearsal and settings.load().env == "test"
    options = [f"--message={letter}" for letter in letters] + ([f"--trust={trust}"] if trust is not None else [])
    flags = {"--rehearsal": rehearsal or implied, "--accept-passwords": accept_passwords}
    options += [flag for flag, wanted in flags.items() if wanted]
    command = [sys.executable, "-I", str(bundles.VERIFIER), *options, "--", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    click.echo(done.stdout + done.stderr, nl=False)
    if implied and not done.returncode:
        click.echo("Rehearsal   COUNTERSIGN_ENV is test, so the keys that programs hold were accepted.")
    sys.exit(done.returncode)


@group.command()
@click.option("-o", "--output", "file", type=NEW, required=True, help="Where to write it.")
def verifier(file: Path) -> None:
    """Write the verifier, one file that needs Python and `cryptography` alone, for somebody who should not have to trust us."""
    with private_files.opened(file) as written:
        written.write(bundles.VERIFIER.read_bytes())
    click.echo(f"{file} is written. Run: python {file.name} BUNDLE")
