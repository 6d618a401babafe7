"""What is wrong is said at the top of a page in sentences that name their field and lead to it, and the title says that something is."""

import re

from flask.testing import FlaskClient

from tests.web.grounds import Ground
from tests.web.office import open_office
from tests.web.visitors import title_of, words_on


def test_each_line_of_a_paper_sheet_is_led_to(ground: Ground, client: FlaskClient) -> None:
    answer = client.post(f"/briefings/{ground.held()}/paper", data={"line-1-name": "Jane", "count-0-number": "7"})

    page = answer.get_data(as_text=True)
    assert title_of(answer).startswith("Error: ")
    assert '<a href="#line-1-name">Choose the authority of whoever is named here</a>' in page
    assert '<a href="#count-0-number">Give the authority, the role and how many' in page


def test_a_post_that_is_known_no_more_leads_to_the_posts(ground: Ground, client: FlaskClient) -> None:
    page = client.post(f"/briefings/{ground.held()}/paper", data={"posts": "left since"}).get_data(as_text=True)

    assert '<a href="#posts">Choose from the list; it may have changed' in page
    assert 'id="posts"' in page


def test_what_is_too_long_or_invisible_is_named(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.post("/tours/new", data={"name": "x" * 201}))
    assert "“Name of the tour” must be 200 characters or fewer; it has 201" in said


def test_a_roster_that_is_not_put_forward_says_so_in_the_title(client: FlaskClient) -> None:
    office = open_office(client)
    office.sit("signatory", "hse")
    answer = office.post("/signatories/next", passwords="nobody")
    assert title_of(answer).startswith("Error: Signatories")


def test_a_field_without_a_hint_has_no_empty_one(ground: Ground, client: FlaskClient) -> None:
    for path in ("/coverage/record", "/messages/new", f"/coverage/targets/new?campaign={ground.campaign}"):
        page = client.get(path).get_data(as_text=True)
        assert "govuk-hint" in page or "targets" in path
        assert not re.search(r'govuk-hint">\s*</div>', page), path
