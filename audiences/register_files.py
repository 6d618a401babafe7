"""A list of councils as ONS, GOV.UK or mySociety publish it, read line by line: whatever its columns are called, or refused in a sentence.

At least a code and a name are needed; web address, region, first and last day and successors are read where they are given.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from audiences import columns as column_names
from audiences import uploads
from audiences.sheets import Line, RefusedRow
from campaigns.drafting import characters
from campaigns.foundation.errors import Refused

# Column names without capitals, marks and figures (LAD25CD is ladcd); of several the first counts, of codes the first that is not empty.
COLUMNS = {
    "code": "gsscode gss onscode onsid ons ladcd ltlacd utlacd ctyuacd ctycd areacode entitycode geographycode geocode authoritycode"
    " localauthoritycode lacode councilcode code",
    "name": "nicename shortname name authorityname authority localauthorityname localauthority councilname council ladnm ltlanm utlanm"
    " ctyuanm ctynm areaname laname entityname geographyname geoname organisation title label",
    "official": "officialname fullname longname legalname",
    "domain": "homepageurl homepage url website websiteurl webaddress web domain siteurl",
    "region": "region regionname rgnnm",
    "start": "startdate operativedate opendate opened validfrom begin",
    "end": "enddate terminationdate terminateddate termdate closedate closed validto abolished",
    "successors": "replacedby successors successor successorcode successorcodes newcode",
}
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%d/%m/%y")
GSS = re.compile(r"[EWSNKJ]\d{8}")
REGISTRY = re.compile(r"[A-Z]{2,4}(-[A-Z]{1,3})?")  # public registers' own, such as CBD or NIR-A
NUMBER = re.compile(r"[\d.,]+(E\+?\d+)?")
A_DAY = re.compile(r"\d{1,4}[-/. ](\d{1,2}|[A-Z]{3,9})[-/. ]\d{1,4}.*")
LONGEST = 120


@dataclass(frozen=True)
class Listed:
    """One council as a file lists it. `codes` has its code first, then others the file has for it."""

    line: int
    codes: tuple[str, ...]
    name: str
    official: str = ""
    domain: str = ""
    region: str = ""
    start: date | None = None
    end: date | None = None
    successors: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The code it goes by."""
        return self.codes[0]


@dataclass
class Listing:
    """A file's councils, and the lines that cannot be used."""

    rows: list[Listed] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


def read(raw: bytes) -> Listing:
    """The councils of a file. Refuses one that cannot be read, and one without a column of codes and one of names."""
    header, lines = uploads.whole(raw)
    columns = _columns(header)
    listing, first = Listing(), dict[str, Listed]()
    for line in lines:
        try:
            row = _row(line, columns)
        except Refused as refusal:
            listing.refused.append(RefusedRow(line.number, refusal.sentence))
            continue
        earlier = first.setdefault(row.code, row)
        if earlier is row:
            listing.rows.append(row)
        elif (earlier.name, earlier.official, earlier.end) != (row.name, row.official, row.end):
            listing.refused.append(RefusedRow(line.number, f"Line {earlier.line} says something else of {row.code}"))
    return listing


def write(listing: Listing) -> bytes:
    """The same councils in columns of our own, for a page to carry from one step to the next."""
    stream = io.StringIO()
    rows = csv.writer(stream)
    rows.writerow(["gss", "code", "name", "official name", "domain", "region", "start date", "end date", "successors"])
    for row in listing.rows:
        other = next(iter(row.codes[1:]), "")
        rows.writerow(
            [row.code, other, row.name, row.official, row.domain, row.region, row.start or "", row.end or "", " ".join(row.successors)]
        )
    return stream.getvalue().encode()


def _columns(header: list[str]) -> dict[str, list[int]]:
    plain = [column_names.plain(name) for name in header]
    columns = {
        wanted: [plain.index(spelling) for spelling in spellings.split() if spelling in plain] for wanted, spellings in COLUMNS.items()
    }
    columns["name"] = columns["name"] or columns["official"]
    if missing := [wanted for wanted in ("code", "name") if not columns[wanted]]:
        raise Refused(
            f"The first line must name the columns; a column of the councils' {' and of their '.join(missing)}s is missing.", field="file"
        )
    return columns


def _row(line: Line, columns: dict[str, list[int]]) -> Listed:
    def cells(wanted: str) -> list[str]:
        return [line.cells[at] for at in columns[wanted] if at < len(line.cells) and line.cells[at]]

    def cell(wanted: str) -> str:
        return next(iter(cells(wanted)), "")

    codes, name = [code.upper() for code in cells("code")], cell("name") or cell("official")
    if problem := _code_problem(codes) or _name_problem(name):
        raise Refused(problem)
    return Listed(
        line.number,
        tuple(dict.fromkeys(codes)),
        name,
        cell("official"),
        _domain(cell("domain")),
        cell("region"),
        _day(cell("start")),
        _day(cell("end")),
        tuple(part.strip().upper() for part in re.split(r"[,;| ]+", cell("successors")) if part.strip()),
    )


def _code_problem(codes: list[str]) -> str:
    if not codes:
        return "There is no code on this line"
    code = codes[0]
    if GSS.fullmatch(code) or REGISTRY.fullmatch(code):
        return ""
    what = "a date" if A_DAY.fullmatch(code) else "a number" if NUMBER.fullmatch(code) else "no code of a council"
    return f"“{characters.shown(code[:40])}” is {what}: a code is a letter and eight figures, such as E07000223"


def _name_problem(name: str) -> str:
    if not name or len(name) > LONGEST or not name.isprintable() or not re.search(r"[^\W\d_]", name):
        return f"“{characters.shown(name[:40])}” is no council's name" if name else "There is no name on this line"
    return ""


def _day(text: str) -> date | None:
    text = re.sub(r"[T ]0?0:00(:00)?(\.0+)?(Z|[+-]00:?00)?$", "", text)
    for form in DAYS if text else ():
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    if text:
        raise Refused(f"“{characters.shown(text[:40])}” is no date: write it as 2023-03-31")
    return None


def _domain(text: str) -> str:
    host = urlsplit(text if "//" in text else f"//{text}").hostname if re.fullmatch(r"[\x21-\x5a\x5e-\x7e]*", text) else None
    return (host or "").removeprefix("www.") if "." in (host or "") else ""
