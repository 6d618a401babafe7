"""Makes our tables of councils from public lists: today's 382 (mySociety's register, GOV.UK's homepages) and those that came to an end since
the pilot's day in March 2006 (mySociety's register, and a list of the pilot's day drawn from it and from the ONS Code History Database).

    python -m audiences.pilot.make_register FOLDER

FOLDER holds `mysociety_uk_local_authorities.csv`, `govuk_local_authorities.csv` and `authorities_2006.csv`; the tables are written beside
this script.
Run it again when councils change, then mend the counts in `audiences/authorities.py`, which refuses a table that does not agree.
"""

import csv
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

TABLE = Path(__file__).parent / "authorities.csv"
PAST = Path(__file__).parent / "past_authorities.csv"
COLUMNS = [
    "code", "name", "official_name", "kind", "nation", "region", "start_date", "end_date", "successors", "domain", "latitude",
    "longitude", "enforces", "former_codes",
]  # fmt: skip
PAST_COLUMNS = ["code", "name", "official_name", "kind", "nation", "region", "start_date", "end_date", "successors", "enforces"]
KINDS_2006 = {
    "shire district": "Non-metropolitan district",
    "unitary": "Unitary authority",
    "metropolitan district": "Metropolitan district",
    "county council": "County",
    "London borough": "London borough",
    "City of London": "City corporation",
    "Scottish council": "Scottish unitary authority",
    "Welsh council": "Welsh unitary authority",
    "NI district": "NI district",
}
# Where the lists name no successor: the two counties abolished in 2009, and Northern Ireland's districts of before 2015, by the council most
# of each went to. Source: The Cheshire and The Bedfordshire (Structural Changes) Orders 2008; Local Government (Boundaries) Act (NI) 2008.
SUCCESSORS = {
    "E10000001": "E06000055 E06000056",
    "E10000004": "E06000049 E06000050",
    **dict.fromkeys(("NIR-T", "NIR-U"), "N09000001"),
    **dict.fromkeys(("NIR-O", "NIR-Q", "NIR-N"), "N09000002"),
    **dict.fromkeys(("NIR-B", "NIR-C", "NIR-D", "NIR-E"), "N09000004"),
    **dict.fromkeys(("NIR-A", "NIR-J"), "N09000005"),
    **dict.fromkeys(("NIR-L", "NIR-K"), "N09000006"),
    **dict.fromkeys(("NIR-S", "NIR-Y"), "N09000007"),
    **dict.fromkeys(("NIR-F", "NIR-G", "NIR-V"), "N09000008"),
    **dict.fromkeys(("NIR-H", "NIR-I", "NIR-M"), "N09000009"),
    **dict.fromkeys(("NIR-P", "NIR-R"), "N09000010"),
    **dict.fromkeys(("NIR-W", "NIR-X"), "N09000011"),
}
PILOT = "2006-03-21"
ENDED_2009 = "2009-03-31"
NOT_PRINCIPAL = {"Combined authority", "Strategic Regional Authority"}
# Re-coded on 2025-04-01; neither source has the new code yet.
# Re-coded when boundaries changed in 2012 and 2013. Source: ONS Code History Database.
FORMER = {
    "E06000057": "E06000048",
    "E07000240": "E07000100",
    "E07000241": "E07000104",
    "E07000242": "E07000097",
    "E07000243": "E07000101",
    "E08000037": "E08000020",
}
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
    domains, then = _domains(folder / "govuk_local_authorities.csv"), _then(folder / "authorities_2006.csv")
    rows = sorted(_councils(folder / "mysociety_uk_local_authorities.csv", domains, then), key=lambda row: row["code"])
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    past = sorted(_past(folder / "mysociety_uk_local_authorities.csv", rows, then), key=lambda row: (row["end_date"], row["code"]))
    with PAST.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, PAST_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(past)
    enforcing = sum(row["enforces"] == "yes" for row in rows)
    print(f"{len(rows)} councils, {enforcing} of which enforce health and safety, in {TABLE.name}; {len(past)} of before in {PAST.name}")


def _domains(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {_today(row["gss"]): urlsplit(row["homepage_url"]).netloc.removeprefix("www.") for row in csv.DictReader(stream)}


def _then(path: Path) -> dict[str, dict[str, str]]:
    """The councils of the pilot's day, by code; by name where none is given, which is so in Northern Ireland."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {row["gss_code"] or row["name"]: row for row in csv.DictReader(stream)}


def _councils(path: Path, domains: dict[str, str], then: dict[str, dict[str, str]]) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            if not row["end-date"] and row["local-authority-type-name"] not in NOT_PRINCIPAL:
                yield _council(row, domains, then)


def _council(row: dict[str, str], domains: dict[str, str], then: dict[str, dict[str, str]]) -> dict[str, str]:
    code = _today(row["gss-code"])
    before = then.get(code) or then.get(row["nice-name"], {})
    kind, nation = row["local-authority-type-name"], row["nation"]
    return {
        "code": code,
        "name": row["nice-name"],
        "official_name": row["official-name"],
        "kind": kind,
        "nation": nation,
        "region": row["region"],
        # Some starts are a change of boundary; whoever was there on the pilot's day began before it.
        "start_date": "" if KINDS_2006.get(before.get("type", "")) == kind and row["start-date"] > PILOT else row["start-date"],
        "end_date": row["end-date"],
        "successors": "",
        "domain": domains[code],
        "latitude": f"{float(row['lat']):.5f}",
        "longitude": f"{float(row['long']):.5f}",
        # Where there are two tiers the districts enforce; Northern Ireland has its own law and executive.
        "enforces": "no" if kind == "County" or nation == "Northern Ireland" else "yes",
        "former_codes": " ".join(sorted(old for old, new in _recoded() if new == code)),
    }


def _recoded() -> list[tuple[str, str]]:
    """Every former code of a council that is there today, with its code of today."""
    return [*RECODED.items(), *STALE.items(), *((old, new) for new, old in FORMER.items())]


def _today(code: str) -> str:
    return {**RECODED, **STALE}.get(code, code)


def _past(path: Path, today: list[dict[str, str]], then: dict[str, dict[str, str]]) -> Iterator[dict[str, str]]:
    """Councils of the pilot's day, and any that came later, that are not there today as the same kind of council."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        listed = [row for row in csv.DictReader(stream) if row["local-authority-type-name"] not in NOT_PRINCIPAL]
    codes = {row["local-authority-code"]: _today(row["gss-code"]) or row["local-authority-code"] for row in listed}
    ended = {row["gss-code"] or row["local-authority-code"]: row for row in listed if row["end-date"]}
    still = {(code, row["kind"]) for row in today for code in (row["code"], *row["former_codes"].split())}
    named = {row["nice-name"]: code for code, row in ended.items() if row["nation"] == "Northern Ireland"}
    before = {named.get(code, code): row for code, row in then.items() if code in named or (code[0] in "EWS" and code[1:].isdigit())}
    for code in sorted(ended.keys() | before.keys()):
        row = _ended(code, ended.get(code), before.get(code), codes)
        if (code, row["kind"]) not in still:
            yield row


def _ended(code: str, listed: dict[str, str] | None, then: dict[str, str] | None, codes: dict[str, str]) -> dict[str, str]:
    kind = KINDS_2006[then["type"]] if then else listed["local-authority-type-name"] if listed else ""
    nation = (then or listed or {})["nation"]
    replaced = [codes.get(one, one) for one in (listed["replaced-by"].split(",") if listed else [then["successor"]] if then else []) if one]
    name = listed["nice-name"] if listed else then["name"] if then else ""
    return {
        "code": code,
        "name": name.strip(),
        "official_name": (listed or {}).get("official-name", "") or (then or {}).get("official_name", "") or f"{name} Council",
        "kind": kind,
        "nation": nation,
        "region": (listed or {}).get("region", "") or (then or {}).get("region", "") or nation,
        "start_date": (listed or {}).get("start-date", "") if not then else "",
        "end_date": _last_day(listed["end-date"]) if listed else ENDED_2009,
        "successors": SUCCESSORS.get(code) or " ".join(replaced),
        "enforces": "no" if kind == "County" or nation == "Northern Ireland" else "yes",
    }


def _last_day(written: str) -> str:
    """Some ends are given as the first day of what came after."""
    day = date.fromisoformat(written)
    return (day - timedelta(days=1) if day.day == 1 else day).isoformat()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
