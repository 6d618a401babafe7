"""The search for what an erasure left behind finds an address in every spelling it promises, so that finding nothing means something."""

import base64
import gzip
import io
import quopri
import zipfile
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import traces

ADDRESS = "Perpetua.Quillfeather@adur.test"
AROUND = b"To: somebody else; before it \x01\x02 and after it, "


def soft(at: int) -> bytes:
    """Quoted-printable, broken softly before this character."""
    raw = ADDRESS.encode()
    return raw[:at] + b"=\r\n" + raw[at:]


def zipped(data: bytes) -> bytes:
    """A deflated archive of one file."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.eml", data)
    return whole.getvalue()


SPELT = {
    "plain": ADDRESS.encode(),
    "upper case": ADDRESS.upper().encode(),
    "quoted-printable whole": "".join(f"={octet:02x}" for octet in ADDRESS.encode()).encode(),
    "quoted-printable": quopri.encodestring(ADDRESS.encode() + b" =", quotetabs=True),
    "percent-encoded": quote(ADDRESS).encode(),
    "percent-encoded whole": "".join(f"%{octet:02X}" for octet in ADDRESS.encode()).encode(),
    "UTF-16": ADDRESS.encode("utf-16"),
    "UTF-16 big-endian": ADDRESS.encode("utf-16-be"),
    "UTF-32": ADDRESS.encode("utf-32"),
    "hex": b"\\x" + ADDRESS.encode().hex().encode(),
    "hex, odd": b"f" + ADDRESS.encode().hex().encode(),
    "HTML": ADDRESS.replace("@", "&#64;").replace(".", "&#x2e;").encode(),
    "JSON": ADDRESS.replace("@", "\\u0040").encode(),
    "base64 in UTF-16": base64.b64encode(ADDRESS.encode()).decode().encode("utf-16"),
    "percent in base64": base64.b64encode(quote(ADDRESS).encode()),
}


@pytest.mark.parametrize("spelling", SPELT)
def test_an_address_is_found_however_it_is_spelt(spelling: str) -> None:
    assert traces.hits(AROUND + b"\n" + SPELT[spelling] + b"\n" + AROUND, ADDRESS)


@pytest.mark.parametrize("at", range(1, len(ADDRESS)))
def test_an_address_broken_softly_at_any_column_is_found(at: int) -> None:
    assert traces.hits(soft(at), ADDRESS) and traces.hits(soft(at).replace(b"\r", b""), ADDRESS)


@pytest.mark.parametrize("pack", [zipped, gzip.compress])
def test_an_address_in_a_packed_file_is_found(pack: object) -> None:
    assert traces.hits(pack(base64.encodebytes(ADDRESS.encode())), ADDRESS)  # type: ignore[operator]


@settings(max_examples=60)
@given(st.binary(max_size=60), st.binary(max_size=60), st.integers(8, 76), st.booleans())
def test_an_address_in_base64_is_found_at_any_alignment_and_in_lines_of_any_length(
    before: bytes, after: bytes, wide: int, url: bool
) -> None:
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    whole = encode(before + ADDRESS.encode() + after)
    lines = b"\r\n".join(whole[start : start + wide] for start in range(0, len(whole), wide))

    assert traces.hits(b"X-Header: : \n\n" + lines + b"\n\n--end", ADDRESS)


def test_another_address_is_not_found() -> None:
    data = b"\n".join([b"perpetua@adur.test", base64.b64encode(b"quillfeather@adur.test" * 20), b"%40adur.test"])
    assert traces.hits(data, ADDRESS) == 0
