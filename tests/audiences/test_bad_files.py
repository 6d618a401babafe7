"""Bad input 1 to 24, by number: each is read as it was meant, or refused in a sentence, and never half-imported."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audiences import contacts, exports, imports, people, uploads
from audiences.contacts import Addresses
from audiences.imports import ASKED, NEW, REFUSED, REPEATED
from audiences.uploads import PATIENCE, TOO_MUCH
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from tests.audiences import bad_files
from tests.audiences.bringing import HEADER, bring_in, held
from tests.audiences.posts import real

pytestmark = pytest.mark.long  # `make test` stays within five minutes

ROWS = bad_files.ROWS
XLSX = bad_files.saved(bad_files.workbook())
PACKED = XLSX.index(b"sheet1.xml") + 20  # among its packed bytes
DATA = Path(__file__).parent / "data"


def rows(raw: bytes, **choices: str) -> list[list[str]]:
    """The file's rows, read by a process of its own."""
    with uploads.opened(raw, **choices) as upload:
        return [upload.header, *(line.cells for line in upload.lines)]


def remarks(raw: bytes) -> str:
    """What is said about the file."""
    with uploads.opened(raw) as upload:
        return " ".join(upload.remarks)


def person(address: str, *, name: str = "A", place: str = "Adur") -> str:
    """A row of a file."""
    return f'"{name}",practitioner,{place},"{address}"\n'


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param(b"", "is empty", id="1"),
        pytest.param(b"\xff\xfea\x00,\xd8\x00\x00", "not text in utf-16", id="3"),
        pytest.param((HEADER + "a\x00b").encode(), "has bytes that are not text", id="4"),
        pytest.param(
            (HEADER + "\ud800".encode("utf-8", "replace").decode()).encode("utf-16") + b"\x00", "not text in utf-16", id="4, wide"
        ),
        pytest.param((HEADER + 'A,"' + "x" * 5_000_000).encode(), "perhaps a quotation mark does not close", id="5"),
        pytest.param((HEADER + "a\n" * 200_001).encode(), "more than 200,000 rows", id="6"),
        pytest.param((HEADER + "x" * 1_000_000).encode(), "more than 131,072 characters", id="8"),
        pytest.param(bad_files.with_doctype(XLSX), "fetch or repeat", id="17, entities"),
        pytest.param(bad_files.in_utf_16(bad_files.with_doctype(XLSX)), "fetch or repeat", id="17, entities in UTF-16"),
        pytest.param(bad_files.in_utf_16(XLSX), "cannot be read. Open it in your spreadsheet program and save it again", id="17, UTF-16"),
        pytest.param(bad_files.with_parts(XLSX, {"../../evil": b""}), "do not belong", id="18, names"),
        pytest.param(bad_files.with_parts(XLSX, {"more.zip": XLSX}), "do not belong", id="18, nested"),
        pytest.param(bad_files.encrypted_entry(XLSX), "locked with a password", id="18, encrypted"),
        pytest.param(XLSX[: len(XLSX) // 2], "damaged", id="18, cut"),
        pytest.param(XLSX[:PACKED] + b"\xff" * 20 + XLSX[PACKED + 20 :], "damaged", id="18, packed bytes overwritten"),
        pytest.param(bad_files.far_cell(), "far from the table", id="19"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(raw: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        rows(raw)


@pytest.mark.parametrize("packed", [bad_files.bomb, bad_files.crowd])
def test_18_what_is_small_only_as_long_as_it_is_packed_is_not_unpacked(packed: Callable[[], bytes]) -> None:
    with pytest.raises(Refused, match="too big to read"):
        rows(packed())


def test_2_a_header_alone_imports_nobody(desk: Database) -> None:
    assert bring_in(desk, HEADER).counts[NEW] == held(desk) == 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252", "utf-32", "mac-roman"])
def test_3_encodings_are_read_or_asked_about(encoding: str) -> None:
    raw = "name;council\nZoë Núñez;Sir Fôn\nSiân Àlvarez;Gwynedd\n".encode(encoding)
    with uploads.opened(raw) as upload:
        cells = [line.cells[0] for line in upload.lines]

    assert cells == ["Zoë Núñez", "Siân Àlvarez"] or not upload.certain


def test_7_a_row_of_a_hundred_thousand_cells_is_cut_and_said_so(desk: Database) -> None:
    report = bring_in(desk, HEADER + "A,practitioner,Adur,a@adur.gov.uk" + ",x" * 100_000 + "\n")

    assert report.counts[NEW] == 1
    with desk.reading() as session:
        assert "1 row has more cells than there are columns" in imports.get(session, report.import_id).remarks[0]
        assert len(imports.rows(session, report.import_id)[0].cells) == 100


def test_9_two_columns_of_one_name_are_for_an_officer_to_choose_between(desk: Database) -> None:
    assert not bring_in(desk, "name,role,authority,email,email\nA,practitioner,Adur,a@adur.gov.uk,b@adur.gov.uk\n").saved


def test_10_one_address_in_several_spellings_is_one_person(desk: Database) -> None:
    spellings = ["a@adur.gov.uk", "A@Adur.GOV.UK", " a@adur.gov.uk ", "a@adur.gov.uk.", "\u200ba@adur.gov.uk\u00a0"]
    report = bring_in(desk, HEADER + "".join(map(person, spellings)))

    assert (report.counts[NEW], report.counts[REPEATED]) == (1, 4)


@pytest.mark.parametrize(
    "address",
    [
        "a@b@adur.gov.uk", '\\"a b\\"@adur.gov.uk', "a(comment)@adur.gov.uk", "a@" + "b" * 250 + ".uk", "a" * 65 + "@adur.gov.uk",
        "user@localhost", "user@[127.0.0.1]", "user@127.0.0.1", "user@adur", "user@adur.invalid", "user@adur.example", "a@adur.gov.uk, b@c.uk",
    ],
)  # fmt: skip
def test_11_and_12_addresses_no_letter_reaches_are_refused(address: str) -> None:
    for usable in (Addresses(test_domains_allowed=True).usable, lambda text: contacts.usable_address(text, test_domains_allowed=True)):
        with pytest.raises(Refused):
            usable(address)


def test_12_test_domains_are_for_rehearsals() -> None:
    assert Addresses(test_domains_allowed=True).usable("a@adur.test") == "a@adur.test"
    with pytest.raises(Refused):
        Addresses(test_domains_allowed=False).usable("a@adur.test")


def test_13_a_domain_in_other_letters_is_kept_in_plain_ones() -> None:
    assert Addresses(test_domains_allowed=False).usable("info@vermögen.de") == "info@xn--vermgen-d1a.de"


def test_14_a_name_with_commas_quotes_and_brackets_is_one_person(desk: Database) -> None:
    bring_in(desk, HEADER + person("a@adur.gov.uk", name='Smith, ""Jo"" <x@y.test>'))

    with desk.reading() as session:
        assert [one.name for one in people.at_place(session, "E07000223")] == ['Smith, "Jo" <x@y.test>']


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "=cmd|' /C calc'!A0"])
def test_15_a_cell_like_a_formula_is_kept_and_guarded_when_it_leaves(desk: Database, start: str) -> None:
    bring_in(desk, HEADER + person("a@adur.gov.uk", name=f"{start}1"))

    with desk.reading() as session:
        name = people.at_place(session, "E07000223")[0].name
    assert name == f"{start}1"
    assert f"'{start}1" in exports.table(["name"], [[name]])


def test_16_what_a_file_is_is_told_by_what_is_in_it() -> None:
    assert rows(XLSX) == ROWS
    assert rows("\r\n".join(",".join(row) for row in ROWS).encode()) == ROWS


def test_17_macros_are_not_run_and_links_not_followed() -> None:
    parts = {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}

    assert rows(bad_files.with_parts(XLSX, parts)) == ROWS
    assert "macros; they are not run" in (said := remarks(bad_files.with_parts(XLSX, parts)))
    assert "links to other files; they are not followed" in said


def test_20_hidden_rows_and_sheets_are_said() -> None:
    assert "1 hidden row, read like the others" in (said := remarks(bad_files.linked()))
    assert "1 hidden sheet is left out: Old" in said
    assert rows(bad_files.linked()) == ROWS


def test_21_a_day_or_a_number_is_no_authority(desk: Database) -> None:
    report = bring_in(desk, HEADER + person("a@adur.gov.uk", place="2024-05-01 00:00:00") + person("b@adur.gov.uk", place="7000223"))

    assert (report.counts[ASKED], held(desk)) == (2, 0)


def test_22_an_unknown_authority_is_asked_about_and_a_former_one_led_on(desk: Database) -> None:
    report = bring_in(desk, HEADER + person("a@adur.gov.uk", place="Camelot") + person("b@adur.gov.uk", place="Allerdale"))

    assert (report.counts[ASKED], report.counts[NEW]) == (1, 1)
    with desk.reading() as session:
        assert [(text, how) for text, how, *_ in imports.taken(session, report.import_id)] == [("Allerdale", "formerly")]


def test_24_a_file_cut_in_mid_row_refuses_that_row(desk: Database) -> None:
    report = bring_in(desk, HEADER + person("a@adur.gov.uk") + "B,practitioner,Adur,b@ad")

    assert (report.counts[REFUSED], held(desk)) == (1, 0)


def test_a_process_that_dies_or_takes_too_long_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PATIENCE == 25
    monkeypatch.setattr(uploads, "PATIENCE", 0.001)

    with pytest.raises(Refused, match="more memory or time") as refusal:
        rows(b"name\nx\n")
    assert refusal.value.sentence == TOO_MUCH


@pytest.mark.parametrize("name", ["people.xls", "people.ods"])
def test_spreadsheets_give_the_rows_they_show(name: str) -> None:
    header, *people_of = rows((DATA / name).read_bytes())

    assert header == ["Name", "Role", "Authority", "E-mail", "Since"]
    assert [cells[:4] for cells in people_of] == [
        ["Ceridwen Ŵyn", "practitioner", "Cardiff", "c.wyn@cardiff.gov.uk"],
        ["Head, Food and Safety", "senior manager", "E07000223", "head@adur.gov.uk"],
    ]
    assert people_of[0][4].startswith("2024-05-01")


def test_a_sheet_is_chosen_where_there_are_several() -> None:
    raw = bad_files.saved(bad_files.workbook(Others=[["Name"], ["Somebody"]]))

    assert rows(raw, sheet="Others") == [["Name"], ["Somebody"]]
    assert "1 more" in remarks(raw)
    with pytest.raises(Refused, match="one of the sheets"):
        rows(raw, sheet="None")


def test_addresses_are_accepted_and_refused_as_marked() -> None:
    cases = json.loads(real("email_addresses/notify.json").read_text())
    checked = Addresses(test_domains_allowed=True)

    for address in [*cases["valid"], *cases["trim"]]:
        assert checked.usable(address) == contacts.usable_address(address, test_domains_allowed=True)
    for address in cases["invalid"]:
        with pytest.raises(Refused):
            checked.usable(address)
