"""`setup` registers the app by GitHub's manifest flow, as an operator's browser goes through it."""

import asyncio
import re
import stat
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
import pytest
import yaml
from aiohttp.test_utils import TestServer

from bot.cli.setup import Registration
from bot.github.client.app import PERMISSIONS
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.settings import read_settings
from github_simulator.github import GitHubSimulator
from tests.end_to_end.process import command_here

APP_YAML = Path(__file__).parents[1] / "app.yaml"
PUBLIC_URL = "https://bot.example"
PERSON = ("--public-url", PUBLIC_URL)


class Form(HTMLParser):
    """The one form of a page, or none."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = values["action"]
        elif tag == "input":
            self.fields[values["name"]] = values["value"]


@dataclass
class Browser:
    """An operator's browser, in which they are signed in on the simulated GitHub."""

    session: aiohttp.ClientSession
    github: GitHubSimulator

    async def press(self, page_url: str) -> Form:
        """Press the button on the bot's page; returns GitHub's form."""
        async with self.session.get(page_url) as answer:
            form = Form(await answer.text())
        return await self.submit(form, form.action)

    async def submit(self, form: Form, url: str) -> Form:
        """Send a form that leads to another one."""
        async with self.session.post(url, data=form.fields) as answer:
            return Form(await answer.text())

    async def confirm(self, form: Form, **changed: str) -> tuple[int, str]:
        """Confirm on GitHub; returns what the bot's page says in the end."""
        url = f"{self.github.api_url}{form.action}"
        async with self.session.post(url, data=form.fields | changed) as answer:
            return answer.status, await answer.text()

    async def answer_of(self, form: Form) -> str:
        """Confirm on GitHub, and stop where it sends the browser."""
        url = f"{self.github.api_url}{form.action}"
        async with self.session.post(url, data=form.fields, allow_redirects=False) as answer:
            return answer.headers["Location"]

    async def get(self, url: str) -> tuple[int, str]:
        async with self.session.get(url) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with GitHubSimulator().serve() as github, aiohttp.ClientSession() as session:
        yield Browser(session, github)


@asynccontextmanager
async def begun(github: GitHubSimulator, organization: str = "") -> AsyncIterator[Registration]:
    """A registration whose page is served."""
    place = f"/organizations/{organization}" if organization else ""
    registration = Registration(
        form=f"{github.api_url}{place}/settings/apps/new",
        api_url=github.api_url,
        name="PEP editor bot",
        public_url=PUBLIC_URL,
    )
    registration.app = asyncio.get_running_loop().create_future()
    async with TestServer(registration.application()) as server:
        registration.page_url = str(server.make_url("/"))
        yield registration


async def run(
    github: GitHubSimulator, folder: Path, *arguments: str
) -> tuple[asyncio.subprocess.Process, str]:
    """Start the command; returns it with the address of its page."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "setup", *PERSON, "--github", github.api_url, *arguments),
        cwd=folder,
        env={"PATH": "", "PYTHONPATH": str(Path.cwd()), "GH_API_URL": github.api_url},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    found = re.search(r"http://\S+", line)
    assert found, line
    return process, found[0]


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def settings_in(path: Path) -> Mapping[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


async def test_one_button_registers_the_app_and_keeps_what_serve_reads(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, page_url = await run(browser.github, tmp_path)
    status, text = await browser.confirm(await browser.press(page_url))
    out, _ = await process.communicate()
    said = out.decode()
    assert (process.returncode, status) == (0, 200)
    for told in (text, said):
        assert "/apps/pep-editor-bot/installations/new" in told
    env, key = tmp_path / "pep-bot.env", tmp_path / "pep-bot.pem"
    assert {stat.S_IMODE(one.stat().st_mode) for one in (env, key)} == {0o600}
    values = settings_in(env)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.private_key() == key.read_text()
    assert (settings.public_url, settings.gh_api_url) == (PUBLIC_URL, browser.github.api_url)
    assert [one.get_secret_value() for one in settings.gh_secret] == [values["GH_SECRET"]]
    # The first diagnosis asked GitHub as the app, with the key.
    assert "its name on GitHub is pep-editor-bot" in said
    assert "all granted" in said
    assert "all subscribed" in said
    for secret in (values["GH_SECRET"], "PRIVATE KEY"):
        assert secret not in said + text


async def test_settings_can_be_shown_once_and_kept_nowhere(
    browser: Browser, tmp_path: Path
) -> None:
    process, page_url = await run(browser.github, tmp_path, "--show")
    await browser.confirm(await browser.press(page_url))
    out, _ = await process.communicate()
    assert process.returncode == 0
    key = r"^GH_PRIVATE_KEY='-----BEGIN RSA PRIVATE KEY-----\\n"
    assert re.search(key, out.decode(), re.MULTILINE)
    assert files_in(tmp_path) == []


async def test_who_turns_back_leaves_nothing(browser: Browser, tmp_path: Path) -> None:
    process, page_url = await run(browser.github, tmp_path)
    await browser.press(page_url)
    process.terminate()
    await process.communicate()
    assert process.returncode == 1
    assert files_in(tmp_path) == []


async def test_the_manifest_asks_for_what_the_bot_needs_and_no_more(browser: Browser) -> None:
    async with begun(browser.github) as registration:
        await browser.confirm(await browser.press(registration.page_url))
        app = registration.app.result()
    assert app.name == "pep-editor-bot"
    assert browser.github.webhook_url == f"{PUBLIC_URL}/webhook"
    manifest = registration.manifest()
    assert manifest["default_permissions"] == PERMISSIONS
    assert manifest["default_events"] == list(SUBSCRIBED_EVENTS)
    by_hand = yaml.safe_load(APP_YAML.read_text())
    by_hand["hook_attributes"]["url"] = f"{PUBLIC_URL}/webhook"
    assert manifest == by_hand | {"redirect_url": manifest["redirect_url"]}


async def test_an_organization_can_own_it(browser: Browser) -> None:
    async with begun(browser.github, "python") as registration:
        status, _ = await browser.confirm(await browser.press(registration.page_url))
    assert status == 200
    assert registration.app.done()


async def test_a_name_that_is_taken_can_be_changed_on_github(browser: Browser) -> None:
    async with begun(browser.github) as first:
        await browser.confirm(await browser.press(first.page_url))
    async with begun(browser.github) as second:
        form = await browser.press(second.page_url)
        status, text = await browser.confirm(form)
        assert (status, "already taken" in text) == (422, True)
        await browser.confirm(Form(text), name="Another PEP editor bot")
        assert second.app.result().name == "another-pep-editor-bot"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("code=abc&state=another", "belongs to another registration"),
        ("code=abc", "belongs to another registration"),
        ("state={state}", "has no code"),
        ("code=../../app&state={state}", "has no code"),
        ("code=abc&state={state}", "used once, within an hour"),
    ],
)
async def test_an_answer_that_is_not_githubs_to_this_registration_keeps_nothing(
    browser: Browser, query: str, said: str
) -> None:
    async with begun(browser.github) as registration:
        where = f"{registration.page_url}registered?{query.format(state=registration.state)}"
        status, text = await browser.get(where)
        assert (status, said in text) == (400, True)
        assert not registration.app.done()
        # It can still be done properly.
        assert (await browser.confirm(await browser.press(registration.page_url)))[0] == 200


async def test_a_code_counts_once(browser: Browser) -> None:
    async with begun(browser.github) as registration:
        where = await browser.answer_of(await browser.press(registration.page_url))
        assert (await browser.get(where))[0] == 200
        status, text = await browser.get(where)
    assert (status, "registered already" in text) == (409, True)


async def test_a_github_out_of_reach_can_be_asked_again(browser: Browser) -> None:
    async with begun(browser.github) as registration:
        where = await browser.answer_of(await browser.press(registration.page_url))
        there, registration.api_url = registration.api_url, "http://127.0.0.1:9"
        status, text = await browser.get(where)
        assert (status, "Reload this page" in text) == (502, True)
        registration.api_url = there
        assert (await browser.get(where))[0] == 200


@pytest.mark.parametrize("there", ["pep-bot.env", "pep-bot.pem"])
def test_files_that_are_there_already_stay(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    into = str(tmp_path / "pep-bot.env")
    ended = command_here({}, "setup", *PERSON, "--into", into)
    assert (ended.code, "already exists" in ended.err) == (2, True)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--public-url https://your.host"),
        (("--public-url", "bot.example"), "is not a URL"),
        ((*PERSON, "--github", "github"), "is not a URL"),
        ((*PERSON, "--into", "/nowhere/pep-bot.env"), "/nowhere/pep-bot.env cannot be written"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_registered(
    arguments: tuple[str, ...], said: str
) -> None:
    ended = command_here({}, "setup", *arguments)
    assert (ended.code, said in ended.err) == (2, True)
