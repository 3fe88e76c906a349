"""The command line (contract)."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.inbox.delivery import Delivery, DeliveryKind, DeliveryState
from bot.inbox.sqlite import SqliteInbox
from tests.builders import NOW
from tests.inbox.builders import handle_all
from tests.test_settings import PEM, VARIABLES

pytestmark = pytest.mark.usefixtures("logs_as_they_were")

ID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty working directory, and an environment without settings."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


def delivery(id_: str, payload: bytes = b'{"action": "opened"}') -> Delivery:
    key = "python/peps#4422"
    return Delivery(id_, "pull_request", "opened", key, DeliveryKind.REVIEW, payload, NOW)


def fill(place: Path, *deliveries: Delivery, dead: Sequence[str] = ()) -> None:
    """Put deliveries into the inbox; all are done except those in `dead`."""

    async def filled() -> None:
        inbox = await SqliteInbox.open(place / "pep-bot.sqlite3")
        for one in deliveries:
            await inbox.accept(one)
            await handle_all(inbox, dead=dead)
        await inbox.close()
        with closing(sqlite3.connect(place / "pep-bot.sqlite3")) as connection:
            error = "ValueError: no such thing\nin detail"
            connection.execute("UPDATE delivery SET error = ? WHERE state = 'dead'", (error,))
            connection.commit()

    asyncio.run(filled())


def state_of(place: Path, id_: str) -> DeliveryState | None:
    async def asked() -> DeliveryState | None:
        inbox = await SqliteInbox.open(place / "pep-bot.sqlite3", serving=False)
        record = await inbox.record(id_)
        await inbox.close()
        return record.state if record else None

    return asyncio.run(asked())


def test_help_names_the_commands() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in ("serve", "work", "demo", "check", "numbers", "deliveries", "doctor"):
        assert command in result.output


def test_help_does_not_load_what_serving_needs() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    for heavy in ("aiohttp", "gidgethub", "sqlalchemy", "alembic", "pydantic", "jinja2", "rich"):
        assert f" {heavy}\n" not in shown.stderr, f"{heavy} is imported before it is needed"


@pytest.mark.parametrize("arguments", [("work",), ("serve", "--no-worker")])
def test_what_needs_postgresql_says_so(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "needs PostgreSQL" in result.stderr
    assert "SQLite" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [("work",), ("serve", "--no-worker")])
def test_a_database_out_of_reach_is_named_without_its_password(arguments: tuple[str, ...]) -> None:
    result = run(
        *arguments,
        DATABASE_URL="postgresql://bot:pass-word@127.0.0.1:1/peps",
        GH_APP_ID="1",
        GH_SECRET="good",
        GH_PRIVATE_KEY=PEM,
    )
    assert result.exit_code == 2
    assert "peps at 127.0.0.1:1" in result.stderr
    assert "pass-word" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("work",), {"GH_APP_ID", "GH_PRIVATE_KEY"}),
        (("serve", "--no-worker"), {"GH_SECRET"}),
        (("serve",), {"GH_APP_ID", "GH_PRIVATE_KEY", "GH_SECRET"}),
    ],
)
def test_each_process_asks_for_what_it_needs(
    place: Path, arguments: tuple[str, ...], needed: set[str]
) -> None:
    result = run(*arguments, DATABASE_URL="postgresql://bot@127.0.0.1:1/peps")
    assert result.exit_code == 2
    assert {line.partition(":")[0] for line in result.stderr.splitlines()} == needed
    assert list(place.iterdir()) == []


def test_serve_names_every_setting_that_is_missing(place: Path) -> None:
    result = run("serve")
    assert result.exit_code == 2
    for variable in ("GH_APP_ID", "GH_SECRET", "GH_PRIVATE_KEY"):
        assert variable in result.stderr
    assert list(place.iterdir()) == []


def test_serve_refuses_a_secret_with_an_empty_part() -> None:
    result = run("serve", GH_APP_ID="1", GH_PRIVATE_KEY=PEM, GH_SECRET="good,")
    assert result.exit_code == 2
    assert "GH_SECRET" in result.stderr
    assert "good" not in result.stderr


def test_serve_refuses_a_key_that_is_none_without_showing_it() -> None:
    result = run("serve", GH_APP_ID="1", GH_PRIVATE_KEY=PEM, GH_SECRET="good")
    assert result.exit_code == 2
    assert "GH_PRIVATE_KEY" in result.stderr
    assert "MIIE" not in result.output + result.stderr


def test_doctor_names_what_is_missing() -> None:
    result = run("doctor")
    assert result.exit_code == 1
    for variable in ("GH_APP_ID", "GH_SECRET", "GH_PRIVATE_KEY"):
        assert variable in result.output


def test_doctor_keeps_each_diagnosis_on_one_line() -> None:
    result = run("doctor", GH_SECRET="good,,better")
    assert "separate secrets by single commas" in result.output


def test_the_list_shows_each_delivery_whole(place: Path) -> None:
    fill(place, delivery(ID), delivery("second"), dead=[ID])
    result = run("deliveries", "list")
    assert result.exit_code == 0
    assert ID in result.output
    assert "pull_request.opened" in result.output
    assert "python/peps#4422" in result.output
    assert "ValueError: no such thing" in result.output
    assert "in detail" not in result.output


def test_the_list_can_be_narrowed(place: Path) -> None:
    fill(place, delivery(ID), delivery("second"), delivery("third"), dead=[ID])
    dead = run("deliveries", "list", "--state", "dead").output
    assert ID in dead
    assert "second" not in dead
    latest = run("deliveries", "list", "--limit", "1").output
    assert "third" in latest
    assert "second" not in latest


def test_one_delivery_is_shown_with_its_payload(place: Path) -> None:
    fill(place, delivery(ID, b'{"title": "\\u001b[31mred [bold]x[/bold] :smile:"}'), dead=[ID])
    result = run("deliveries", "show", ID)
    assert result.exit_code == 0
    assert "in detail" in result.output
    assert "[bold]x[/bold] :smile:" in result.output
    assert "\x1b" not in result.output


def test_a_delivery_that_is_not_there_is_reported(place: Path) -> None:
    fill(place)
    result = run("deliveries", "show", "missing")
    assert result.exit_code == 1
    assert "missing" in result.stderr


def test_done_and_dead_deliveries_can_be_replayed(place: Path) -> None:
    fill(place, delivery(ID), delivery("second"), dead=[ID])
    result = run("deliveries", "replay", ID, "second")
    assert result.exit_code == 0
    assert "Queued again: 2" in result.output
    assert state_of(place, ID) is DeliveryState.QUEUED
    assert state_of(place, "second") is DeliveryState.QUEUED


def test_what_cannot_be_replayed_is_named_and_the_rest_is_done(place: Path) -> None:
    fill(place, delivery(ID))
    result = run("deliveries", "replay", "missing", ID)
    assert result.exit_code == 1
    assert "missing" in result.stderr
    assert state_of(place, ID) is DeliveryState.QUEUED


@pytest.mark.parametrize(
    "arguments", [("list",), ("show", "x"), ("replay", "x")], ids=lambda words: words[0]
)
def test_without_a_store_the_inbox_cannot_be_looked_into(
    place: Path, arguments: tuple[str, ...]
) -> None:
    result = run("deliveries", *arguments)
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.stderr
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("url", ["mysql://x", "sqlite://", "postgresql://bot:pass-word@db/peps"])
def test_a_database_that_is_not_understood_is_reported_without_its_password(url: str) -> None:
    result = run("deliveries", "list", DATABASE_URL=url)
    assert result.exit_code == 2
    assert "pass-word" not in result.stderr


@pytest.mark.postgres
def test_the_inbox_is_looked_into_on_postgresql_too(place: Path, postgres_url: str) -> None:
    result = run("deliveries", "list", DATABASE_URL=postgres_url)
    assert result.exit_code == 2
    assert "there is no store in the database" in result.stderr
    fill(place, delivery(ID), delivery("second"), dead=[ID])
    copied = run("store", "copy", "sqlite:///pep-bot.sqlite3", postgres_url)
    assert copied.exit_code == 0, copied.output
    listed = run("deliveries", "list", "--state", "dead", DATABASE_URL=postgres_url)
    assert ID in listed.output
    assert "second" not in listed.output
    assert "no such thing" in run("deliveries", "show", ID, DATABASE_URL=postgres_url).output
    assert "Queued again: 1" in run("deliveries", "replay", ID, DATABASE_URL=postgres_url).output
    assert "Nothing to see." in run("digest", DATABASE_URL=postgres_url).output
    assert "not installed on a repository" in run("queue", DATABASE_URL=postgres_url).output


@pytest.mark.parametrize("url", ["sqlite:///none.sqlite3", "sqlite:///none/bot.sqlite3"])
@pytest.mark.parametrize("command", ["digest", "queue"])
def test_a_digest_makes_no_store(place: Path, command: str, url: str) -> None:
    result = run(command, DATABASE_URL=url)
    assert result.exit_code == 2
    assert "none" in result.stderr
    assert list(place.iterdir()) == []
