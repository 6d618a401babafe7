"""The bundle and its verifier: what holds is proved in a process of its own, and each thing bent on its own is refused by name."""

import ast
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cryptography
import pytest

from campaigns.agreement import archives, bundles, verifier
from campaigns.agreement.verifier import Fault, Rules
from tests.campaigns.agreement.forging import Forge

SEED = 20_260_512
STRICT = Rules()


@pytest.fixture(scope="module")
def bundle(forge: Forge) -> bytes:
    """A bundle that holds."""
    return bundles.pack(forge.parts())


def refusal(raw: bytes, rules: Rules = STRICT) -> str:
    """The fault that is found first."""
    with pytest.raises((Fault, *verifier.UNREADABLE)) as found:
        verifier.check(raw, rules)
    return str(found.value)


ALONE = "import runpy, sys; sys.argv[:] = sys.argv[1:]; sys.path.insert(0, 'only'); runpy.run_path(sys.argv[0], run_name='__main__')"


def run(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """The verifier as a file of its own in an empty folder, where nothing but the standard library and `cryptography` can be imported."""
    (folder / "verify.py").write_bytes(bundles.VERIFIER.read_bytes())
    (folder / "only").mkdir(exist_ok=True)
    packages = Path(cryptography.__file__).parents[1]
    for found in (packages / "cryptography", *packages.glob("_cffi_backend*")):
        link = folder / "only" / found.name
        link.unlink(missing_ok=True)
        link.symlink_to(found)
    command = [sys.executable, "-I", "-S", "-c", ALONE, "verify.py", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_bundle_is_proved_by_one_file_in_a_clean_process(forge: Forge, bundle: bytes, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(bundle)

    trusted = run(tmp_path, "b.zip", "--trust", forge.fingerprint)
    alone = run(tmp_path, "b.zip")

    assert trusted.returncode == alone.returncode == 0, trusted.stdout + trusted.stderr
    assert "PROVED      HSE and LACORS" in alone.stdout
    assert "for HSE by HSE director" in alone.stdout
    assert "only as good as the fingerprints" in alone.stdout
    assert "certificate.pdf" not in alone.stdout
    assert "only as good as" not in trusted.stdout


def test_whoever_lacks_its_package_reads_what_to_install_and_not_that_the_bundle_is_refused(tmp_path: Path) -> None:
    bare = [sys.executable, "-I", "-S", str(bundles.VERIFIER), str(tmp_path / "bundle.zip")]  # without what is installed beside Python

    done = subprocess.run(bare, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "pip install cryptography" in done.stderr


def test_a_file_that_cannot_be_opened_is_not_said_to_be_refused(tmp_path: Path, bundle: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(bundle)

    for named in (["slip.zip"], ["b.zip", "--message", "slip.eml"]):
        done = run(tmp_path, *named)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"Nothing was checked: {named[-1]} cannot be opened (No such file or directory).\n"


def test_the_same_parts_make_the_same_bytes_as_the_verifier_would(forge: Forge) -> None:
    parts = forge.parts()

    raw = bundles.pack(parts)

    assert raw == verifier.pack(archives.read(raw))
    assert bundles.pack(parts) == raw


def test_200_random_single_byte_changes_are_all_refused(bundle: bytes, record_property: Callable[[str, object], None]) -> None:
    chance, refused = random.Random(SEED), 0
    for _ in range(200):
        place, other = chance.randrange(len(bundle)), chance.randrange(1, 256)
        bent = bytearray(bundle)
        bent[place] ^= other
        refused += bool(refusal(bytes(bent)))

    assert refused == 200
    record_property("figure", f"bundle: 200 random single-byte changes of {len(bundle):,} bytes, {refused} refused")


def test_every_letter_verifies_and_no_altered_one_does(forge: Forge, bundle: bytes, record_property: Callable[[str, object], None]) -> None:
    proof, chance = verifier.check(bundle, Rules()), random.Random(SEED)
    refused = 0
    for number in range(50):
        letter = forge.letter(number)
        assert f"number {number + 1} of 50" in verifier.check_letter(letter, proof)
        bent = bytearray(letter)
        bent[chance.randrange(len(bent))] ^= chance.randrange(1, 256)
        with pytest.raises(Fault):
            verifier.check_letter(bytes(bent), proof)
        refused += 1
    record_property("figure", f"letters: 50 of 50 verify, {refused} of 50 altered by one byte refused")


def test_a_letter_is_known_as_it_was_received(forge: Forge, bundle: bytes) -> None:
    proof = verifier.check(bundle, Rules())
    received = (
        b"Received: from a\n by b\nDKIM-Signature: v=1;\n h=date:from:to;\n b=abc\nDate: Tue, 12 May 2026 11:00:00 +0000\n"
        + forge.letter(3).replace(b"\r\n", b"\n")
    )

    assert "number 4 of 50, for managers" in verifier.check_letter(received, proof)


def test_the_letter_of_another_release_an_altered_one_and_an_erased_one_are_told_apart(forge: Forge, bundle: bytes) -> None:
    parts = forge.parts()
    proof = verifier.check(bundle, Rules())
    gone = [{**leaf, "salt": None} for leaf in parts.leaves]
    erased = verifier.check(bundles.pack(replace(parts, leaves=gone)), Rules())
    some = verifier.check(bundles.pack(replace(parts, leaves=[gone[0], *parts.leaves[1:]])), Rules())

    with pytest.raises(Fault, match="not one of this release's"):
        verifier.check_letter(forge.letter(0).replace(b"0005.", b"0007."), proof)
    with pytest.raises(Fault, match="altered"):
        verifier.check_letter(forge.letter(0).replace(b"Words", b"Wordy"), proof)
    with pytest.raises(Fault, match="every reader have been erased"):
        verifier.check_letter(forge.letter(0), erased)
    with pytest.raises(Fault, match="unless it is one of the 1 whose"):
        verifier.check_letter(forge.letter(0), some)
    assert "number 2" in verifier.check_letter(forge.letter(1), some)


def test_a_whole_bundle_made_anew_with_other_keys_is_refused_by_the_trusted_fingerprint(forge: Forge) -> None:
    other = bundles.pack(Forge().parts())

    assert verifier.check(other, Rules()).said["reference"] == "QPFRM4ZA"
    assert "the fingerprint you trust" in refusal(other, Rules(trust=forge.fingerprint))
    assert "the fingerprint you trust" in refusal(other, Rules(trust=""))  # as a script names one that it failed to read


def test_the_verifier_imports_nothing_of_ours() -> None:
    tree = ast.parse(bundles.VERIFIER.read_text())
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.split(".")[0] for name in named} <= {*sys.stdlib_module_names, "cryptography"}
