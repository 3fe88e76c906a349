"""`doctor` checks what an operator can get wrong, and says what to fix."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.cli.app_checks import Diagnosis
from bot.cli.doctor import examine
from bot.github.client.app import PERMISSIONS
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.inbox.delivery import Delivery, DeliveryKind
from bot.inbox.open import open_inbox
from bot.store.database import open_database
from bot.store.location import REVISION
from bot.store.store import Store
from tests.builders import repository
from tests.end_to_end.process import command_here
from tests.github.scripted_github import Reply, ScriptedGitHub, private_key, scripted_github
from tests.inbox.builders import handle_all
from tests.test_settings import VARIABLES

APP: dict[str, Any] = {
    "id": 4711,
    "slug": "pep-editor-bot",
    "permissions": dict(PERMISSIONS),
    "events": list(SUBSCRIBED_EVENTS),
    "html_url": "https://github.example/apps/pep-editor-bot",
    "owner": {"login": "python", "type": "Organization"},
}
SETTINGS = "https://github.example/organizations/python/settings/apps/pep-editor-bot"
PUBLIC_URL = "https://bot.example"
HOOK: dict[str, Any] = {"url": f"{PUBLIC_URL}/webhook", "content_type": "json"}
INSTALLED: dict[str, Any] = {
    "account": {"login": "python"},
    "html_url": "https://github.example/organizations/python/settings/installations/7",
    "permissions": dict(PERMISSIONS),
    "events": list(SUBSCRIBED_EVENTS),
}
OWNERS = b"*  @python/pep-editors\n"


@pytest.fixture
async def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[ScriptedGitHub]:
    """A simulated GitHub with the app, and settings for it."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    async with scripted_github() as scripted:
        scripted.clock.now = datetime.now(UTC)
        monkeypatch.setenv("GH_APP_ID", "4711")
        monkeypatch.setenv("GH_SECRET", "secret")
        monkeypatch.setenv("GH_PRIVATE_KEY", private_key())
        monkeypatch.setenv("GH_API_URL", scripted.url)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'bot.sqlite3'}")
        monkeypatch.setenv("PUBLIC_URL", PUBLIC_URL)
        scripted.will("GET", "/app", Reply(APP))
        scripted.will("GET", "/app/hook/config", Reply(HOOK))
        scripted.will("GET", "/app/hook/deliveries", Reply([{"status_code": 202}] * 5))
        scripted.will("GET", "/app/installations", Reply([INSTALLED]))
        yield scripted


async def install(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    await Store(database).add_repository(repository())
    await database.close()


async def served(url: str) -> None:
    """A server has made the store."""
    await (await open_database(url)).close()


def about(found: list[Diagnosis], subject: str, which: str = "") -> Diagnosis:
    (only,) = [one for one in found if one.subject == subject and one.message.startswith(which)]
    return only


def faults(found: list[Diagnosis]) -> list[str]:
    return [f"{one.subject}: {one.message}" for one in found if one.is_fault]


def inbox_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'bot.sqlite3'}"


async def test_what_came_in_and_waits_is_reported(github: ScriptedGitHub, tmp_path: Path) -> None:
    await served(inbox_url(tmp_path))
    assert about(await examine(), "deliveries").message == "none received yet, none waiting"
    inbox = await open_inbox(inbox_url(tmp_path))
    ago = datetime.now(UTC) - timedelta(minutes=40)
    for name in ("d1", "d2"):
        await inbox.accept(
            Delivery(name, "push", "", f"python/{name}", DeliveryKind.ACT, b"{}", ago)
        )
        if name == "d1":
            await handle_all(inbox, dead=[name])
    await inbox.close()
    found_diagnosis = about(await examine(), "deliveries")
    assert found_diagnosis.message == (
        "last received 40 min ago, 1 waiting, the oldest for 40 min, "
        "1 dead: see `deliveries list --state dead`, then `deliveries replay ID`"
    )
    assert found_diagnosis.is_warning


async def test_a_good_setup_has_no_fault(github: ScriptedGitHub) -> None:
    found = await examine()
    assert faults(found) == []
    assert about(found, "app").message == "its name on GitHub is pep-editor-bot"
    assert about(found, "permissions").message == "all granted"
    assert about(found, "events").message == "all subscribed"
    assert about(found, "webhook").message == f"goes to {PUBLIC_URL}/webhook"
    assert about(found, "last deliveries").message == "the last 5 got 202"
    assert (
        about(found, "installation on python").message == "has accepted all that the app asks for"
    )
    assert not [one for one in found if one.is_warning]


async def test_a_store_that_is_not_there_is_not_made(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    assert about(await examine(), "store").message == "not there yet; `serve` creates it"
    assert not (tmp_path / "bot.sqlite3").exists()


async def test_a_store_without_repositories_is_a_warning(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    await served(inbox_url(tmp_path))
    assert about(await examine(), "repositories").is_warning


@pytest.fixture
def on_postgres(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> ScriptedGitHub:
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    return github


@pytest.mark.postgres
async def test_postgresql_is_looked_at_like_a_file(
    on_postgres: ScriptedGitHub, postgres_url: str
) -> None:
    assert about(await examine(), "store").message == "not there yet; `serve` creates it"
    await served(postgres_url)
    for _ in range(2):
        found = await examine()
        assert faults(found) == []
        assert re.fullmatch(
            rf"can be read and written \(PostgreSQL [0-9.]+.*, schema {REVISION}\)",
            about(found, "store").message,
        )
        assert about(found, "deliveries").message == "none received yet, none waiting"


@pytest.mark.postgres
async def test_a_postgresql_that_cannot_be_used_is_reported_without_its_password(
    on_postgres: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{postgres_url}_none".replace("bot@", "bot:hunter2@"))
    (fault,) = faults(await examine())
    assert "there is no such database: create it" in fault
    assert "hunter2" not in fault


@pytest.mark.postgres
async def test_a_postgresql_that_may_not_be_written_is_reported(
    on_postgres: ScriptedGitHub, postgres_url: str
) -> None:
    await served(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        name = owner.info.dbname
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    (fault,) = faults(await examine())
    assert "set to read only" in fault


@pytest.mark.parametrize(
    ("granted", "level", "said"),
    [
        ({"checks": "read"}, "fault", "checks: write is not granted here"),
        ({"members": None}, "warning", "members: read is not granted here"),
    ],
)
async def test_a_permission_that_an_installation_lacks_is_named(
    github: ScriptedGitHub, granted: dict[str, str | None], level: str, said: str
) -> None:
    lacking = INSTALLED | {"permissions": PERMISSIONS | granted}
    github.will("GET", "/app/installations", Reply([lacking]))
    found = about(await examine(), "installation on python")
    assert (found.is_fault, found.is_warning) == (level == "fault", level == "warning")
    assert said in found.message
    assert INSTALLED["html_url"] in found.message


async def test_what_the_app_itself_lacks_is_said_once(github: ScriptedGitHub) -> None:
    few = PERMISSIONS | {"checks": "read"}
    github.will("GET", "/app", Reply(APP | {"permissions": few}))
    github.will("GET", "/app/installations", Reply([INSTALLED | {"permissions": few}]))
    (fault,) = faults(await examine())
    assert fault.endswith(f"checks: write is missing; grant it at {SETTINGS}/permissions")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"suspended_at": "2026-11-01T00:00:00Z"}, "is suspended; an owner can unsuspend it"),
        ({"events": ["push"]}, "does not get the events check_run, check_suite"),
    ],
)
async def test_an_installation_that_gets_nothing_is_a_fault(
    github: ScriptedGitHub, changed: dict[str, Any], said: str
) -> None:
    github.will("GET", "/app/installations", Reply([INSTALLED | changed]))
    (fault,) = faults(await examine())
    assert said in fault


async def test_an_app_that_is_installed_nowhere_says_where_to_install_it(
    github: ScriptedGitHub,
) -> None:
    github.will("GET", "/app/installations", Reply([]))
    found = about(await examine(), "installations")
    assert (found.is_warning, f"{APP['html_url']}/installations/new" in found.message) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"url": "https://elsewhere.example/webhook"}, "goes to https://elsewhere.example/webhook"),
        ({"url": PUBLIC_URL}, f"this server is reached at {PUBLIC_URL}/webhook"),
        ({"content_type": "form"}, "set its content type to application/json"),
        ({"url": ""}, "has no URL"),
    ],
)
async def test_a_webhook_that_does_not_reach_the_server_is_a_fault(
    github: ScriptedGitHub, config: dict[str, str], said: str
) -> None:
    github.will("GET", "/app/hook/config", Reply(HOOK | config))
    (fault,) = faults(await examine())
    assert (said in fault, SETTINGS in fault) == (True, True)


async def test_a_missing_public_url_is_a_warning_that_says_what_to_set(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PUBLIC_URL")
    found = about(await examine(), "webhook")
    assert (found.is_warning, found.message.endswith(f"set it to {PUBLIC_URL}")) == (True, True)


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([401] * 5, "the last 5 got 401: GH_SECRET differs from the webhook secret"),
        ([401, 202, 401], "the last one got 401"),
        ([0, 0, 202], "the last 2 got no answer"),
        ([502], "the last one got no answer"),
        ([503] * 3, f"the last 3 got 503: GitHub shows the server's reason at {SETTINGS}/advanced"),
    ],
)
async def test_deliveries_that_failed_say_why(
    github: ScriptedGitHub, codes: list[int], said: str
) -> None:
    sent = [{"status_code": code} for code in codes]
    github.will("GET", "/app/hook/deliveries", Reply(sent))
    (fault,) = faults(await examine())
    assert said in fault


async def test_an_app_that_github_does_not_know_is_told_from_a_wrong_address(
    github: ScriptedGitHub,
) -> None:
    github.will("GET", "/app", Reply({"message": "Integration not found"}, 404))
    (fault,) = faults(await examine())
    assert "is not GitHub's API: leave GH_API_URL unset" in fault
    github.will("GET", "/meta", Reply({"hooks": []}))
    (fault,) = faults(await examine())
    assert "GitHub knows no app 4711: set GH_APP_ID" in fault


async def test_a_misspelt_variable_is_named(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_SECERT", "hunter2")
    found = about(await examine(), "settings", "GH_SECERT")
    assert found.is_warning
    assert found.message == "GH_SECERT: is not a setting; did you mean GH_SECRET?"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "http", "PORT: must be a number from 0 to 65535"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: must be console or json"),
        ("DRY_RUN", "perhaps", "DRY_RUN: must be 1 or 0"),
        ("GH_API_URL", "github", "GH_API_URL: must be a URL such as https://api.github.com"),
        ("PUBLIC_URL", "github", "PUBLIC_URL: is not a URL such as https://your.host"),
    ],
)
async def test_settings_of_no_use_are_explained_in_plain_words(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    assert faults(await examine()) == [f"settings: {said}"]


@pytest.mark.usefixtures("logs_as_they_were")
def test_programs_get_json() -> None:
    ended = command_here({"PORT": "http"}, "doctor", "--json")
    (only,) = json.loads(ended.out)
    assert only == {
        "level": "fault",
        "subject": "settings",
        "message": "PORT: must be a number from 0 to 65535",
    }
    assert ended.code == 1


async def test_a_missing_permission_is_named(github: ScriptedGitHub) -> None:
    granted = PERMISSIONS | {"checks": "read"}
    github.will("GET", "/app", Reply(APP | {"permissions": granted}))
    (fault,) = faults(await examine())
    assert "checks: write" in fault


async def test_a_missing_optional_permission_is_a_remark(github: ScriptedGitHub) -> None:
    granted = {name: level for name, level in PERMISSIONS.items() if name != "members"}
    github.will("GET", "/app", Reply(APP | {"permissions": granted}))
    found = await examine()
    assert faults(found) == []
    assert "members: read" in about(found, "permission").message


async def test_a_missing_event_is_named(github: ScriptedGitHub) -> None:
    github.will("GET", "/app", Reply(APP | {"events": ["push"]}))
    (fault,) = faults(await examine())
    assert "pull_request_review_comment" in fault
    assert "push" not in fault


async def test_a_key_that_github_refuses_is_reported(github: ScriptedGitHub) -> None:
    github.will("GET", "/app", Reply({"message": "Bad credentials"}, 401))
    found = await examine()
    assert about(found, "app").is_fault
    assert "GitHub does not accept this key for app 4711" in about(found, "app").message
    assert "PRIVATE KEY" not in " ".join(one.message for one in found)


async def test_a_github_out_of_reach_is_not_blamed_on_the_key(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.will("GET", "/app", Reply({"message": "Server Error"}, 503))
    (fault,) = faults(await examine())
    assert f"app: {github.url} is unreachable" in fault
    assert "GH_APP_ID" not in fault


async def test_a_key_that_is_none_is_reported_without_being_shown(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_PRIVATE_KEY", "not-a-key-but-secret")
    found = await examine()
    assert about(found, "key").is_fault
    assert "not-a-key-but-secret" not in " ".join(one.message for one in found)


async def test_a_store_that_cannot_be_opened_is_reported(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("no database, and long enough to be taken for none\n" * 9)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'notes.txt'}")
    found = await examine()
    assert about(found, "store").is_fault


async def test_a_repository_that_cannot_be_read_is_a_fault(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    await install(tmp_path)
    (fault,) = faults(await examine())
    assert fault.startswith("editors of python/peps: the repository cannot be read")


def owned_by_a_team(github: ScriptedGitHub) -> None:
    entry = {"path": ".github/CODEOWNERS", "sha": "c" * 40, "mode": "100644", "type": "blob"}
    pep = {"path": "peps/pep-0001.rst", "sha": "d" * 40, "mode": "100644", "type": "blob"}
    github.will("GET", "/repos/python/peps", Reply({"default_branch": "main"}))
    github.will("GET", "/repos/python/peps/git/trees/main", Reply({"tree": [entry, pep]}))
    github.will("GET", f"/repos/python/peps/git/blobs/{'c' * 40}", Reply(OWNERS))


async def test_the_editors_are_counted(github: ScriptedGitHub, tmp_path: Path) -> None:
    await install(tmp_path)
    owned_by_a_team(github)
    members = [{"login": "edda"}, {"login": "edgar"}]
    github.will("GET", "/orgs/python/teams/pep-editors/members", Reply(members))
    found = await examine()
    assert faults(found) == []
    assert about(found, "editors of python/peps").message == "2 accounts"


async def test_of_a_repository_that_is_only_listened_to_no_editors_are_asked(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    await install(tmp_path)
    github.will("GET", "/repos/python/peps", Reply({"default_branch": "main"}))
    github.will("GET", "/repos/python/peps/git/trees/main", Reply({"tree": []}))
    found = await examine()
    listened_to = about(found, "python/peps")
    assert listened_to.message == "has no PEPs and no policy, so the bot only listens to it"
    assert not [one for one in found if one.is_fault or one.is_warning]


async def test_a_policy_that_is_not_followed_is_reported_with_its_line(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    await install(tmp_path)
    entries = [
        {"path": ".github/CODEOWNERS", "sha": "c" * 40, "mode": "100644", "type": "blob"},
        {"path": ".github/pep-bot.toml", "sha": "d" * 40, "mode": "100644", "type": "blob"},
    ]
    github.will("GET", "/repos/python/peps", Reply({"default_branch": "main"}))
    github.will("GET", "/repos/python/peps/git/trees/main", Reply({"tree": entries}))
    github.will("GET", f"/repos/python/peps/git/blobs/{'c' * 40}", Reply(OWNERS))
    github.will("GET", f"/repos/python/peps/git/blobs/{'d' * 40}", Reply(b"\n[lables]\n"))
    github.will("GET", "/orgs/python/teams/pep-editors/members", Reply([{"login": "edda"}]))
    found = await examine()
    found_diagnosis = about(found, "base of python/peps")
    assert found_diagnosis.is_warning
    assert "line 2: Unknown key; did you mean `labels`?" in found_diagnosis.message
    assert about(found, "editors of python/peps").message == "1 account"


async def test_one_editor_is_one_account(github: ScriptedGitHub, tmp_path: Path) -> None:
    await install(tmp_path)
    owned_by_a_team(github)
    github.will("GET", "/orgs/python/teams/pep-editors/members", Reply([{"login": "edda"}]))
    assert about(await examine(), "editors of python/peps").message == "1 account"


async def test_a_team_that_may_not_be_read_leaves_no_editor_and_says_so(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    await install(tmp_path)
    owned_by_a_team(github)
    members = "/orgs/python/teams/pep-editors/members"
    github.will("GET", members, Reply({"message": "Not here"}, 403))
    found = await examine()
    assert faults(found) == []
    assert "nobody counts as an editor" in about(found, "editors of python/peps").message
