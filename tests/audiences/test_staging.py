"""What an officer says of a file on its way: only what was asked is kept, and what is quoted back can be read."""

import pytest

from audiences import imports, staging
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from tests.audiences.bringing import HEADER, bring_in
from tests.audiences.posts import OFFICER


def test_a_spelling_nobody_asks_about_is_refused_and_not_kept(desk: Database) -> None:
    import_id = bring_in(desk, HEADER + "A,practitioner,Camelot,a@adur.gov.uk\n").import_id

    with pytest.raises(Refused, match="not asked about"), desk.transaction() as session:
        staging.answer(session, import_id, {"Camelot": "E07000223", "x" * 1_000_000: "E07000223"}, by=OFFICER)

    with desk.transaction() as session:
        assert imports.get(session, import_id).answers == {}
        for code in ("E07000223", "E06000001"):  # the first may be thought better of
            staging.answer(session, import_id, {"Camelot": code}, by=OFFICER)
        assert imports.get(session, import_id).answers == {"Camelot": "E06000001"}


def test_an_answer_without_columns_is_refused_and_not_kept(desk: Database) -> None:
    import_id = bring_in(desk, "A;B\nCamelot;a@adur.gov.uk\n").import_id

    with pytest.raises(Refused, match="not asked about"), desk.transaction() as session:
        staging.answer(session, import_id, {"Camelot": "E07000223"}, by=OFFICER)


def test_a_sign_that_does_not_print_is_quoted_by_its_name(desk: Database) -> None:
    report = bring_in(desk, HEADER + "A,practitioner,Adur,a\u202e@adur.gov.uk\n")

    assert report.refused == [(2, "“a[U+202E RIGHT-TO-LEFT OVERRIDE]@adur.gov.uk” is not an e-mail address we can write to")]
