"""`countersign bundle`: put the whole proof of a release into one file, and check such a file as anybody else would."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click

from campaigns.agreement import bundles, certificates
from web.cli import installation

NEW = click.Path(dir_okay=False, path_type=Path)
OLD = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("bundle")
def group() -> None:
    """The proof that a release was agreed, in one file."""


@group.command()
@click.argument("reference")
@click.option("-o", "--output", "file", type=NEW, required=True, help="Where to write the bundle.")
@click.option("--with", "extras", type=click.Choice(["certificate"]), multiple=True, help="Put the printable certificate in as well.")
def export(reference: str, file: Path, extras: tuple[str, ...]) -> None:
    """Write the bundle of the release with this REFERENCE (the eight characters every letter carries)."""
    with installation.opened() as (_, database), database.reading() as session:
        parts = bundles.gather(session, bundles.find(session, reference.upper()))
    if "certificate" in extras:
        parts = replace(parts, certificate=certificates.certificate(parts.manifest, parts.signatures, parts.rosters))
    file.write_bytes(bundles.pack(parts))
    click.echo(f"{file}: {len(parts.leaves):,} letters, {len(parts.signatures)} signatures, {len(parts.rosters)} rosters.")


@group.command(context_settings={"ignore_unknown_options": True})
@click.argument("file", type=OLD)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def verify(file: Path, options: tuple[str, ...]) -> None:
    """Check a bundle: --message LETTER.eml, --trust FINGERPRINT, --rehearsal, --accept-passwords. Exit 1 and the first fault when it fails.

    In a process of its own, by the file that `bundle verifier` writes: nothing of this installation takes part.
    """
    command = [sys.executable, "-I", str(bundles.VERIFIER), str(file), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    click.echo(done.stdout + done.stderr, nl=False)
    sys.exit(done.returncode)


@group.command()
@click.option("-o", "--output", "file", type=NEW, required=True, help="Where to write it.")
def verifier(file: Path) -> None:
    """Write the verifier, one file that needs Python and `cryptography` alone, for somebody who should not have to trust us."""
    file.write_bytes(bundles.VERIFIER.read_bytes())
    click.echo(f"{file} is written. Run: python {file.name} BUNDLE")
