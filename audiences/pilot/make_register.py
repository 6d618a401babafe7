"""Makes our table of today's 382 principal councils from two public lists: mySociety's register and GOV.UK's homepages.

    python -m audiences.pilot.make_register FOLDER

FOLDER holds `mysociety_uk_local_authorities.csv` and `govuk_local_authorities.csv`; the table is written beside this script.
Run it again when councils change, then mend the counts in `audiences/authorities.py`, which refuses a table that does not agree.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

TABLE = Path(__file__).parent / "authorities.csv"
COLUMNS = [
    "code",
    "name",
    "official_name",
    "kind",
    "nation",
    "region",
    "start_date",
    "end_date",
    "successor",
    "domain",
    "latitude",
    "longitude",
    "enforces",
    "former_codes",
]
NOT_PRINCIPAL = {"Combined authority", "Strategic Regional Authority"}
# Re-coded on 2025-04-01; neither source has the new code yet.
RECODED = {"E08000016": "E08000038", "E08000019": "E08000039"}
# GOV.UK's list still carries these; they are former codes of the same councils.
STALE = {
    "S12000015": "S12000047",
    "S12000046": "S12000049",
    "S12000044": "S12000050",
    "S12000024": "S12000048",
    "E10000023": "E06000065",
    "E10000027": "E06000066",
}


def main(folder: Path) -> None:
    """Write the table and say how many rows it has."""
    domains = _domains(folder / "govuk_local_authorities.csv")
    rows = sorted(_councils(folder / "mysociety_uk_local_authorities.csv", domains), key=lambda row: row["code"])
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    enforcing = sum(row["enforces"] == "yes" for row in rows)
    print(f"{len(rows)} councils, {enforcing} of which enforce health and safety, in {TABLE.name}")


def _domains(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {_today(row["gss"]): urlsplit(row["homepage_url"]).netloc.removeprefix("www.") for row in csv.DictReader(stream)}


def _councils(path: Path, domains: dict[str, str]) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            if not row["end-date"] and row["local-authority-type-name"] not in NOT_PRINCIPAL:
                yield _council(row, domains)


def _council(row: dict[str, str], domains: dict[str, str]) -> dict[str, str]:
    code = _today(row["gss-code"])
    kind, nation = row["local-authority-type-name"], row["nation"]
    return {
        "code": code,
        "name": row["nice-name"],
        "official_name": row["official-name"],
        "kind": kind,
        "nation": nation,
        "region": row["region"],
        "start_date": row["start-date"],
        "end_date": row["end-date"],
        "successor": row["replaced-by"],
        "domain": domains[code],
        "latitude": f"{float(row['lat']):.5f}",
        "longitude": f"{float(row['long']):.5f}",
        # Where there are two tiers the districts enforce; Northern Ireland has its own law and executive.
        "enforces": "no" if kind == "County" or nation == "Northern Ireland" else "yes",
        "former_codes": " ".join(sorted(old for old, new in {**RECODED, **STALE}.items() if new == code)),
    }


def _today(code: str) -> str:
    return {**RECODED, **STALE}.get(code, code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
