"""No column may hold somebody's address for ever because somebody forgot: each is emptied by erasing, or says why it need not be."""

import sqlalchemy as sa
from sqlmodel import SQLModel

from tests.audiences import erasable
from tests.house import source

WORDS = (sa.String, sa.JSON, sa.LargeBinary)


def columns_of_words() -> set[tuple[str, str]]:
    """Every column that could hold an address."""
    source.import_everything(*source.PACKAGES)
    return {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(getattr(column.type, "impl", column.type), WORDS)
    }


def test_every_column_of_words_is_emptied_by_erasing_or_says_why_not() -> None:
    named = {(table, column) for table, column in columns_of_words() if column not in erasable.CODES}
    unsaid = named - erasable.emptied() - erasable.kept()
    assert unsaid == set(), "let audiences/erasures.py empty these, or say in tests/audiences/erasable.py why nobody is named there"


def test_the_lists_name_only_what_there_is_and_nothing_twice() -> None:
    assert erasable.emptied() | erasable.kept() <= columns_of_words()
    assert erasable.emptied() & erasable.kept() == set()


def test_no_party_of_a_member_no_opening_and_no_click_has_a_place() -> None:
    """Elected members are kept by their post alone, and readers are not watched: there is no column to keep it in."""
    forbidden = ("politic", "party_name", "affiliation", "opened", "clicked", "clicks", "opens", "pixel", "user_agent", "ip_address")
    named = {(table.name, column.name) for table in SQLModel.metadata.sorted_tables for column in table.columns}
    assert {name for name in named if any(word in f"{name[0]}.{name[1]}" for word in forbidden) and name != ("tours", "opened_at")} == set()
    assert "party" not in SQLModel.metadata.tables["people"].columns
