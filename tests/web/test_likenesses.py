"""The lists officers tidy: people who may be one, and guessed addresses."""

from flask.testing import FlaskClient

from audiences import guesses
from tests.web.grounds import Ground
from tests.web.visitors import words_on


def test_pairs_are_shown_with_links_to_both(ground: Ground, client: FlaskClient) -> None:
    assert "Nobody looks like anybody else" in words_on(client.get("/people/duplicates"))
    ids = [ground.person(address=f"{name}@adur.test", name=f"Jane {name}") for name in ("Smith", "Smyth")]

    page = client.get("/people/duplicates")

    assert "nearly the same name" in words_on(page)
    assert all(f"/people/{one}" in page.get_data(as_text=True) for one in ids)
    assert "Jane Smyth" in client.get("/people/duplicates.csv").get_data(as_text=True)


def test_guesses_are_made_confirmed_and_dropped_one_by_one(ground: Ground, client: FlaskClient) -> None:
    assert "349" not in words_on(client.get("/people/guessed"))
    assert "350 addresses guessed" in words_on(client.post("/people/guessed", follow_redirects=True))
    with ground.database.reading() as session:
        first, second, *_ = guesses.waiting(session)

    assert "no: the address is guessed" in words_on(client.get(f"/people/{first.id}"))
    assert "Confirmed" in words_on(client.post(f"/people/{first.id}/confirmed", follow_redirects=True))
    assert "Dropped" in words_on(client.post(f"/people/{second.id}/dropped", follow_redirects=True))
    twice = client.post(f"/people/{first.id}/confirmed")
    assert twice.status_code == 409 and "This address was confirmed or dropped already." in words_on(twice)
    assert first.address not in words_on(client.get("/people/guessed"))


def test_what_was_guessed_is_said_as_one_or_as_none(ground: Ground, client: FlaskClient) -> None:
    client.post("/people/guessed")
    none = words_on(client.post("/people/guessed", follow_redirects=True))
    assert "No address was guessed: wherever somebody is missing, one was guessed before, or no web domain is known." in none
    with ground.database.transaction() as session:
        (first, *_) = guesses.waiting(session)
        session.delete(first)

    assert "1 address guessed. No letter goes to it until you confirm it." in words_on(
        client.post("/people/guessed", follow_redirects=True)
    )
