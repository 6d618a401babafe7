"""What the columns of a list of people mean: guessed from their names and from what stands in them, and put right by an officer.

Pure. A mapping gives for each field the places of its columns (from 0); only the place may have several (a code, a name, a body).
"""

import re

from campaigns.foundation.errors import Invalid, Problem

NAME, FIRST, LAST, TITLE, POST, ROLE, PLACE, ADDRESS = "name", "first", "last", "title", "post", "role", "place", "address"
SPELLINGS = {
    NAME: "name fullname contact contactname person personname displayname nameofcontact contactperson whoisit enw officer officername",
    FIRST: "firstname forename givenname forenames christianname first enwcyntaf",
    LAST: "lastname surname familyname secondname last cyfenw",
    TITLE: "title salutation honorific prefix",
    POST: "post posttitle jobtitle job position jobrole postheld designation swydd occupation",
    ROLE: "role audience roletype contacttype kindofcontact typeofcontact rol",
    PLACE: "authority authoritycode authorityname localauthority localauthorityname lacode laname la lauth council councilname councilcode gsscode "
    "onscode gss ons code body organisation organization organisationname org employer place enforcingauthority district borough cyngor "
    "ladcode ladname lanamecode",
    ADDRESS: "email emailaddress mail address emailid emailcontact workemail businessemail contactemail emails mailaddress ebost "
    "emailwork primaryemail officialemail eaddress smtpaddress userprincipalname",
}
KNOWN = {spelling: field for field, spellings in SPELLINGS.items() for spelling in spellings.split()}
SAID = {
    NAME: "Name or post", FIRST: "First name", LAST: "Last name", TITLE: "Title (Mr, Cllr)", POST: "Job title", ROLE: "Role",
    PLACE: "Authority or body", ADDRESS: "E-mail",
}  # fmt: skip
IN_WORDS = {NAME: "name", ROLE: "role", PLACE: "authority or body", ADDRESS: "e-mail"}
SAMPLES = 3
ADDRESS_LIKE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

Mapping = dict[str, list[int]]


def guess(header: list[str], rows: list[list[str]]) -> Mapping:
    """The likeliest mapping: by the columns' names, and for addresses by what stands in the first rows."""
    mapping: Mapping = {}
    for place, name in enumerate(header):
        if field := KNOWN.get(plain(name)):
            mapping.setdefault(field, []).append(place)
    if ADDRESS not in mapping:
        like = [place for place in range(len(header)) if _all_addresses([row[place] for row in rows if place < len(row)])]
        mapping |= {ADDRESS: like} if like else {}
    if TITLE in mapping and not mapping.keys() & {NAME, FIRST, LAST, POST}:
        mapping[POST] = mapping.pop(TITLE)  # alone, a "title" is what somebody's job is called
    return mapping


def named(header: list[str], asked: dict[str, str]) -> Mapping:
    """The mapping an operator gives by the columns' names. Refuses what no column is called."""
    mapping: Mapping = {}
    problems = []
    for field, name in asked.items():
        found = [place for place, known in enumerate(header) if plain(known) == plain(name)]
        if field not in SAID:
            problems.append(Problem("columns", f"{field!r} is none of {', '.join(SAID)}."))
        elif not found:
            problems.append(Problem("columns", f"No column is called {name!r}."))
        else:
            mapping[field] = found
    if problems:
        raise Invalid(problems)
    return mapping


def problems(mapping: Mapping, role: str) -> list[str]:
    """Why rows cannot be read with this mapping, as sentences; `role` is everybody's, where the file does not say."""
    missing = [] if mapping.keys() & {NAME, FIRST, LAST, POST} else [IN_WORDS[NAME]]
    missing += [] if role or mapping.get(ROLE) else [IN_WORDS[ROLE]]
    missing += [IN_WORDS[field] for field in (PLACE, ADDRESS) if not mapping.get(field)]
    twice = [SAID[field].lower() for field, places in mapping.items() if len(places) > 1 and field != PLACE]
    everybody = ", or give one role for everybody" if IN_WORDS[ROLE] in missing else ""
    said = [f"No column is chosen for: {', '.join(missing)}. Choose it{everybody}."] if missing else []
    return said + ([f"Two columns are chosen for: {', '.join(twice)}. Keep only one of them."] if twice else [])


def plain(name: str) -> str:
    """A column's name without capitals, spaces and signs."""
    return re.sub(r"[^a-z]", "", name.lower())


def _all_addresses(cells: list[str]) -> bool:
    given = [cell for cell in cells if cell]
    return bool(given) and all(ADDRESS_LIKE.fullmatch(cell) for cell in given)
