"""A rehearsal plays the whole job through real processes, and its checker believes nothing that we say."""

import ast
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaigns import migrations
from campaigns.foundation import stamps
from campaigns.foundation.database import Database
from campaigns.foundation.errors import CountersignError, Refused
from campaigns.foundation.settings import Settings
from tests.processes.services import AMQP_URL, REDIS_URL, answers
from workers import checker, rehearsal, rehearsal_stage, tools
from workers.rehearsal import Plan
from workers.rehearsal_accounts import by_the_journal

KEYS = [
    "people",
    "variants",
    "message_bytes",
    "sealed_seconds",
    "sent_seconds",
    "messages_per_second",
    "cpu_us_per_message",
    "peak_rss_mb",
    "accepted",
    "lost",
    "duplicated",
    "altered",
    "unsigned",
    "unknown",
    "counted_by",
    "database",
    "broker",
    "reference",
    "database_url",
]
PRINTED = {"accepted": 40, "lost": 0, "duplicated": 0, "altered": 0, "unsigned": 0, "unknown": 0}
COUNTS = PRINTED | {"unexpected": 0, "disagreement": 0}
pytestmark = pytest.mark.long


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`countersign-worker` in a process of its own."""
    command = [sys.executable, "-c", "from workers.main import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, timeout=600, check=False)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a real rehearsal of 40 people leaves behind; its figures stand in figures.json."""
    folder = tmp_path_factory.mktemp("rehearsal") / "kept"
    done = run("rehearse", "--people", "40", "--keep", str(folder), "--json", COUNTERSIGN_DATABASE_URL="sqlite:////nowhere/at-all.db")
    assert done.returncode == 0, done.stderr
    (folder / "figures.json").write_text(done.stdout)
    (folder / "commands.txt").write_text("".join(line for line in done.stderr.splitlines(True) if "countersign bundle" in line))
    return folder


def test_a_rehearsal_prints_one_object_with_every_figure(kept: Path) -> None:
    figures = json.loads((kept / "figures.json").read_text())

    assert list(figures) == KEYS
    assert {name: figures[name] for name in PRINTED} == PRINTED
    assert (figures["people"], figures["counted_by"], figures["database"], figures["broker"]) == (40, "journal", "sqlite", "memory")
    assert 4_000 < figures["message_bytes"] < 8_000


def test_a_rehearsal_keeps_its_files_and_every_letter_is_to_an_address_under_test(kept: Path) -> None:
    journal = [json.loads(line) for line in (kept / "mail.journal").read_text().splitlines()]

    assert len(journal) == len(list((kept / "mail" / "new").iterdir())) == 40
    assert all(address.endswith(".test") for line in journal for address in line["to"])


def test_the_two_commands_it_prints_prove_a_letter_and_refuse_it_with_one_byte_altered(kept: Path, tmp_path: Path) -> None:
    def shell(command: str) -> "subprocess.CompletedProcess[str]":
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(command, shell=True, capture_output=True, text=True, env=os.environ | {"PATH": path}, check=False)

    export, verify = (kept / "commands.txt").read_text().splitlines()
    letter, altered = Path(shlex.split(verify)[-1]), tmp_path / "altered.eml"
    whole = letter.read_bytes()
    altered.write_bytes(whole[:-60] + bytes([whole[-60] ^ 1]) + whole[-59:])

    exported, proved, refused = shell(export), shell(verify), shell(verify.replace(str(letter), str(altered)))

    assert exported.returncode == 0, exported.stderr
    assert (proved.returncode, refused.returncode) == (0, 1), proved.stdout
    assert "byte for byte" in proved.stdout and "it was altered" in refused.stdout


@pytest.mark.parametrize("env", ["development", "production"])
def test_no_other_installation_opens_the_database_of_a_rehearsal(kept: Path, env: Any) -> None:
    with pytest.raises(stamps.WrongDatabase, match="was made for 'test'"):
        tools.gather(Settings(env=env, secret_key="drawn-by-lot" * 4, database_url=f"sqlite:///{kept / 'rehearsal.db'}"))


def test_seven_dropped_five_doubled_and_three_altered_letters_are_counted_exactly(kept: Path, tmp_path: Path) -> None:
    journal = [json.loads(line) for line in (kept / "mail.journal").read_text("utf-8").splitlines()]
    altered = [line | {"canonical_sha256": "0" * 64} for line in journal[12:15]]
    spoilt = [*journal[7:12], *journal[7:12], *altered, *journal[15:]]
    (tmp_path / "mail.journal").write_text("".join(json.dumps(line) + "\n" for line in spoilt))

    assert by_the_journal(tmp_path / "mail.journal", kept / "audience.jsonl") == COUNTS | {
        "accepted": 33,
        "lost": 7,
        "disagreement": 7,
        "duplicated": 5,
        "altered": 3,
    }


def test_the_checker_imports_nothing_of_ours_and_nothing_installed() -> None:
    tree = ast.parse(Path(checker.__file__).read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (Plan(people=5, workers=2), "Several workers need a broker they share"),
        (Plan(people=5, smtp="localhost"), "HOST:PORT"),
        (Plan(people=5, smtp="localhost:25", pace=5), "keeps its own pace"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_before_anything_starts(plan: Plan, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        rehearsal.rehearse(plan)


def test_a_folder_that_holds_something_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")

    with pytest.raises(Refused, match="not empty"):
        rehearsal.rehearse(Plan(people=5, keep=tmp_path))


def test_a_database_of_another_kind_is_not_rehearsed_in(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'real.db'}")
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        stamps.put(session, "development")

    with pytest.raises(CountersignError, match="was made for 'development'"):
        rehearsal.rehearse(Plan(people=5, database_url=database.url))


def test_a_database_that_holds_an_earlier_rehearsal_gets_a_new_one_beside_it(database: Database) -> None:
    with rehearsal_stage.build(smtp="localhost:1", database_url=database.url, broker_url=None, keep=None) as stage:
        assert stage.settings.database_url != database.url
        assert "releases" in sa.inspect(stage.database.engine).get_table_names()
        with stage.database.reading() as session:
            assert stamps.is_test(session)


def test_with_another_mail_server_our_own_tables_are_counted() -> None:
    with rehearsal.opened(Plan(people=1)) as other:
        address = other.stage.settings.smtp_url.removeprefix("smtp://")
        figures = rehearsal.rehearse(Plan(people=20, variants=1, smtp=address))

    assert (figures["counted_by"], figures["accepted"], figures["lost"], figures["unknown"]) == ("tables", 20, 0, 0)


def test_two_workers_on_rabbitmq_and_postgresql_send_every_letter_once(postgres: Database | None) -> None:
    if not answers(AMQP_URL):
        pytest.skip("no RabbitMQ answers at COUNTERSIGN_TEST_AMQP_URL")
    if postgres is None:
        pytest.skip("no PostgreSQL answers at COUNTERSIGN_TEST_POSTGRES_URL")

    figures = rehearsal.rehearse(Plan(people=50, variants=2, workers=2, broker_url=AMQP_URL, database_url=postgres.url))

    assert {name: figures[name] for name in PRINTED} == PRINTED | {"accepted": 50}
    assert (figures["database"], figures["broker"], figures["variants"]) == ("postgresql", "amqp", 2)


def test_a_worker_on_redis_sends_every_letter_once() -> None:
    if not answers(REDIS_URL):
        pytest.skip("no Redis answers at COUNTERSIGN_TEST_REDIS_URL")

    figures = rehearsal.rehearse(Plan(people=50, variants=1, broker_url=REDIS_URL))

    assert {name: figures[name] for name in PRINTED} == PRINTED | {"accepted": 50}
    assert figures["broker"] == "redis"
