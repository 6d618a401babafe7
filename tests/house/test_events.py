"""Every event is heard by somebody, or is on the list of those that nobody needs to hear."""

from tests.house import hearing, source


def test_every_event_is_heard_or_silent_and_never_both() -> None:
    heard = {name for name, subscribers in hearing.heard().items() if subscribers}
    assert set(hearing.events()) - heard - hearing.silent() == set(), "neither heard nor silent"
    assert heard & hearing.silent() == set(), "both heard and silent"
    assert (heard | hearing.silent()) - set(hearing.events()) == set(), "on a list but not declared"


def test_every_event_is_recorded_somewhere() -> None:
    text = "\n".join(module.text for module in source.product() if not module.path.endswith("workers/subscriptions.py"))
    assert [name for name in hearing.events() if text.count(f"{name}(") < 2] == []


def test_every_subscriber_stands_in_the_workers_package() -> None:
    outside = {said for subscribers in hearing.heard().values() for said in subscribers if said.startswith(hearing.OURS)}
    assert outside == set()
