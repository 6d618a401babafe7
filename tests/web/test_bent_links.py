"""Links that are none of ours, however they are bent, get one and the same page and change nothing (bad input 55); links outlive the secret."""

import base64
from uuid import UUID

import pytest

from campaigns.foundation import reader_links
from campaigns.foundation.settings import Settings
from tests.web.letters_out import NOTHING, Out
from tests.web.visitors import under_a_new_secret, words_on
from web.app import create_app

PAGES = {"stop": "/stop/", "read": "/read/", "share": "/share/", "pulse": "/pulse/"}
YES = {"read": "yes", "answer": "yes", "choice": "nothing", "who": "wrong", "List-Unsubscribe": "One-Click"}


def bent(out: Out, settings: Settings, link: str) -> dict[str, str]:
    """Tokens that must not open a link, each by what is wrong with it."""
    good, other = (out.links[place][link].rpartition("/")[2] for place in (0, 1))
    person = out.person(0).id
    key, foreign = reader_links.key(settings.secret_key), reader_links.key("a secret that was never ours")
    wrong = next(name for name in reader_links.LINKS if name != link)
    return {
        "truncated": good[:-1],
        "cut by a quantum": good[:-4],
        "extended": good + "AAAA",
        "padded": good + "=",
        "in standard base64": good[:20] + "+/" + good[22:],
        "another reader's tag": good[:27] + other[27:],
        "another reader's place": other[:27] + good[27:],
        "another purpose": out.links[0][wrong].rpartition("/")[2],
        "another release": reader_links.token(key, link, UUID(int=1), 0, person),
        "a place beyond the last": reader_links.token(key, link, out.release, 4_000_000_000, person),
        "another person": reader_links.token(key, link, out.release, 0, UUID(int=0)),
        "another key": reader_links.token(foreign, link, out.release, 0, person),
        "nothing readable": "A" * 48,
        "far too long": "A" * 4000,
        "text": "null",
        "of another script": "é" * 24,
    }


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES)
def test_every_bent_token_gets_the_same_page_and_changes_nothing(out: Out, settings: Settings, page: str) -> None:
    answers = {}
    for why, token in bent(out, settings, "read" if page == "pulse" else page).items():
        for method in ("get", "post"):
            answer = getattr(out.client, method)(PAGES[page] + token, data=YES if method == "post" else None)
            answers[why, method] = answer.status_code, words_on(answer), answer.headers.get("Set-Cookie")

    assert set(answers.values()) == {(404, answers["text", "get"][1], None)}
    assert "not one of ours, or it is incomplete" in answers["text", "get"][1]
    assert out.changed() == NOTHING


@pytest.mark.parametrize("after", ["/", ".", ").", ">", "”", ",", "’s"])
def test_a_link_copied_with_the_sign_after_it_leads_to_its_page(out: Out, after: str) -> None:
    for link, path in out.links[0].items():
        assert out.client.get(path + after).status_code == (404 if after == "’s" else 200), link


def test_links_go_on_working_when_the_secret_is_replaced_and_end_when_it_is_forgotten(out: Out) -> None:
    kept, forgot = under_a_new_secret(out.client.application)

    for link in out.links[0].values():
        assert (kept.get(link).status_code, forgot.get(link).status_code) == (200, 404)


def test_a_former_secret_opens_no_letter_that_was_sealed_under_another(out: Out, settings: Settings) -> None:
    former = reader_links.key("a former secret")
    app = create_app(settings.model_copy(update={"former_secret_keys": "a former secret"}), out.database)

    token = reader_links.token(former, "stop", out.release, 0, out.person(0).id)

    assert app.test_client().get(f"/stop/{token}").status_code == 404
    assert app.test_client().get(out.links[0]["stop"]).status_code == 200


def test_a_letters_links_say_nothing_of_where_they_lead_or_whom_they_are_for(out: Out) -> None:
    for place, links in enumerate(out.links):
        person = out.person(place)
        for link in links.values():
            raw = base64.urlsafe_b64decode(link.rpartition("/")[2])
            assert person.id.bytes not in raw and person.address.encode() not in raw
