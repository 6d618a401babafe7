"""A house to attack, and a real mail server that counts what reaches it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from campaigns.drafting import letters
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.attacks import scene
from tests.attacks.scene import ALL_QUEUED, Relay, Scene
from tests.campaigns import stories
from tests.campaigns.agreement import remembering
from tests.campaigns.stories import Story
from workers import rehearsal_processes as processes
from workers.rehearsal_stage import Stage

Held = Callable[..., None]
COMPILER = remembering.compiler()


@pytest.fixture(scope="session")
def relay(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: object) -> Iterator[Relay]:
    """The local catcher: real SMTP, and a journal line before each answer."""
    folder, port = tmp_path_factory.mktemp("relay"), processes.free_port()
    url, unhurried = f"smtp://{processes.HOST}:{port}", {"smtp_timeout": 60.0, "lease_seconds": 300.0}
    settings = Settings(env="test", data_dir=folder, smtp_url=url, pace=100_000, **unhurried)
    stage = Stage(folder, settings, Database(f"sqlite:///{empty_sqlite}"))
    catcher = processes.catcher(stage, port=port, pace=None)
    processes.wait_for(catcher, port)
    yield Relay(settings, stage.journal)
    assert catcher.stop() == 0


@pytest.fixture
def attack(sqlite: Database, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A house with both parties, before anything happened. The compiler remembers words that were compiled before."""
    monkeypatch.setattr(letters, "compile_letter", COMPILER)
    return Scene(stories.house(sqlite), replace(relay, before=len(relay.lines)))


@pytest.fixture
def held(attack: Scene, request: pytest.FixtureRequest) -> Held:
    """The end of every attack: pushed with all our might, nothing reaches the mail server; the control's letters do; the log is whole."""

    def end(story: Story, tried: str, refusal: str, *, already: int = 0, **when: object) -> None:
        reached = attack.push(story, **when) - already  # type: ignore[arg-type]
        control = attack.control()
        said = [sentence for sentence in attack.refusals if sentence != ALL_QUEUED]
        name = " ".join(part.upper() for part in request.node.name.split("[")[0].split("_") if re.fullmatch(r"a\d+", part))
        scene.write_down(name, tried, next((one for one in said if refusal in one), "—"), reached, control)
        assert reached == 0
        assert any(refusal in sentence for sentence in said), said
        assert control == len(stories.READERS)
        assert attack.log_is_whole()

    return end
