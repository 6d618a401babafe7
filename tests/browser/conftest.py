"""The whole product, running on ports of its own, and a browser to look at it with."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from web.demo_posts import PASSWORD
from workers.rehearsal_processes import free_port

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
NO_CHROMIUM = "Chromium is not installed (Debian's package: chromium)"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WAIT = 60_000  # milliseconds; a bound, never a pause


@dataclass(frozen=True)
class Running:
    """The product as a visitor meets it."""

    address: str
    mail: Path
    env: dict[str, str]

    def command(self, *arguments: str) -> str:
        """What a command of the operator's prints."""
        done = subprocess.run(_command("web.cli.main", *arguments), env=self.env, check=True, capture_output=True, text=True, timeout=300)
        return done.stdout

    def letters(self) -> list[bytes]:
        """Every letter caught so far."""
        return [path.read_bytes() for path in sorted((self.mail / "new").iterdir())]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The story loaded afresh for each module, and `make run`'s three processes started; all of them gone afterwards."""
    with started(tmp_path_factory.mktemp("running"), "demo", "prepare", ENV="development", PACE="500") as product:
        yield product


@contextmanager
def started(folder: Path, *first: str, **own: str) -> Iterator[Running]:
    """The pages, a worker and a catcher of mail, once a first command has run: with these settings, on SQLite, in a folder of their own."""
    if not Path(CHROMIUM).exists():
        pytest.skip(NO_CHROMIUM)
    web, smtp = free_port(), free_port()
    address = f"http://localhost:{web}"
    own |= {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/countersign.db",
        "BASE_URL": address,
        "SMTP_URL": f"smtp://localhost:{smtp}",
    }
    env = {**os.environ, **{f"COUNTERSIGN_{name}": value for name, value in own.items()}}
    subprocess.run(_command("web.cli.main", *first), env=env, check=True, stdout=subprocess.DEVNULL, timeout=300)
    commands = [
        _command("web.cli.main", "serve", "--port", str(web)),
        _command("workers.main", "catch", "--port", str(smtp)),
        _command("workers.main", "run"),
    ]
    with (folder / "output.txt").open("w") as output:
        processes = [subprocess.Popen(command, env=env, stdout=output, stderr=output) for command in commands]
        try:
            _wait_for(f"{address}/readyz")
            yield Running(address, folder / "mail", env)
        finally:
            for process in processes:
                process.terminate()
            assert [process.wait(timeout=180) for process in processes]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window. What is expected of a page is waited for as long as the page itself."""
    if not Path(CHROMIUM).exists():
        pytest.skip(NO_CHROMIUM)
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    """A visitor's first page."""
    context = browser.new_context(base_url=running.address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    yield page
    context.close()


def step_into(page: Page, post: str) -> None:
    """Become an officer of the demonstration."""
    page.goto("/demo/")
    page.get_by_role("button", name=f"Step in as {post}", exact=True).click()


def sign(page: Page) -> None:
    """On the sign page: agree with the password and a code."""
    sign_by_password(page, PASSWORD)


def let_go(page: Page) -> None:
    """On the page where it is chosen when a release goes: let it go at once, and wait until it has."""
    page.get_by_label("As soon as it may").check()
    page.get_by_role("button", name="Let it go").click()
    expect(page.get_by_role("main")).to_contain_text("gone out", timeout=WAIT)


def sign_by_password(page: Page, password: str, button: str = "Agree and sign with a password") -> None:
    """The weaker way: the password and the code that the demonstration shows."""
    asked = page.get_by_label("Your password, again", exact=True)
    expect(asked).to_be_attached()
    page.wait_for_load_state()
    if not asked.is_visible():  # it is open where the roster lists no passkey of theirs
        page.get_by_text("Sign with your password and a code instead").click()
    asked.fill(password)
    page.get_by_label("The code your app shows").fill(page.get_by_text(re.compile("the code now is")).inner_text()[-6:])
    page.get_by_role("button", name=button).click()


def _command(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", f"from {module} import main; main()", *arguments]


def _wait_for(address: str) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{address} did not answer")
