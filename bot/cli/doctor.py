"""`doctor`: checks everything an operator can get wrong, and says what to fix."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import click
from rich.console import Console

from bot.cli.deliveries import duration_text
from bot.github.client.app import OPTIONAL_PERMISSIONS, PERMISSIONS
from bot.github.client.client import CredentialsRefused, GitHubFailure, TryLater
from bot.github.client.http_client import GitHubClients
from bot.github.read.base_branch import read_base_branch
from bot.github.read.people_reader import PeopleReader
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.inbox.delivery import DeliveryState, InboxUnavailable
from bot.inbox.open import open_inbox
from bot.logs import show_errors_only
from bot.review.subject import Repository
from bot.settings import Settings, SettingsInvalid, read_settings, require_app
from bot.store.database import open_database
from bot.store.location import StoreUnavailable, StoreUnusable, located
from bot.store.migrate import is_there
from bot.store.store import Store


@click.command()
def doctor() -> None:
    """Check settings, key, permissions, events, store and team access; say what to fix."""
    sys.exit(0 if diagnose() else 1)


def diagnose() -> bool:
    """Print what is checked and what to fix; returns whether the bot can work."""
    # The diagnoses are the output; they also report requests that had to be repeated.
    show_errors_only()
    console = Console(highlight=False)
    is_ok = True
    for diagnosis in asyncio.run(examine()):
        is_ok = is_ok and not diagnosis.is_fault
        mark = {True: "[red]✗[/]", False: "[green]✓[/]"}[diagnosis.is_fault]
        if diagnosis.is_warning:
            mark = "[yellow]![/]"
        console.print(mark, end=" ")
        console.print(f"{diagnosis.subject}: {diagnosis.message}", markup=False, soft_wrap=True)
    return is_ok


_OVERDUE_AFTER = timedelta(minutes=15)
"""A delivery that waits longer is reported: it fails, or no server runs."""

_STRENGTH = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result of one check.

    Attributes:
        subject: What was checked.
        message: What was found, and what to fix.
        is_fault: Whether the bot cannot work because of it.
        is_warning: Whether the bot works, but some feature does not.
    """

    subject: str
    message: str
    is_fault: bool = False
    is_warning: bool = False


async def examine() -> list[Diagnosis]:
    """Check settings, store, app, permissions, events and access; stop where one needs another."""
    try:
        settings = read_settings()
        require_app(settings)
    except SettingsInvalid as error:
        return [Diagnosis("settings", line, is_fault=True) for line in str(error).splitlines()]
    diagnoses = [Diagnosis("settings", "complete")]
    try:
        # A diagnosis must not migrate: a server of the older version may be running on the store.
        exists = await asyncio.to_thread(is_there, located(settings.database_url))
        database = await open_database(settings.database_url, serving=not exists)
    except StoreUnusable as error:
        return [*diagnoses, Diagnosis("store", str(error), is_fault=True)]
    try:
        diagnoses.append(Diagnosis("store", f"can be read and written ({await database.check()})"))
        diagnoses.append(await _deliveries(settings))
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            diagnoses += [
                diagnosis async for diagnosis in _on_github(settings, session, Store(database))
            ]
    except (StoreUnavailable, InboxUnavailable) as error:
        diagnoses.append(Diagnosis("store", str(error), is_fault=True))
    finally:
        await database.close()
    return diagnoses


async def _deliveries(settings: Settings) -> Diagnosis:
    """When the last webhook came and what waits, as a server left it or leaves it now."""
    inbox = await open_inbox(settings.database_url, serving=False)
    try:
        overview = await inbox.overview()
    finally:
        await inbox.close()
    now = datetime.now(UTC)
    newest, oldest = overview.newest_webhook, overview.oldest_unfinished
    dead = overview.depth[DeliveryState.DEAD]
    waiting = overview.depth[DeliveryState.QUEUED] + overview.depth[DeliveryState.RUNNING]
    message = [
        "none received yet"
        if newest is None
        else f"last received {duration_text(now - newest)} ago"
    ]
    if oldest is None:
        message.append("none waiting")
    else:
        message.append(f"{waiting} waiting, the oldest for {duration_text(now - oldest)}")
    if dead:
        message.append(f"{dead} dead: see `deliveries list --state dead`")
    late = oldest is not None and now - oldest > _OVERDUE_AFTER
    return Diagnosis("deliveries", ", ".join(message), is_warning=bool(dead) or late)


async def _on_github(
    settings: Settings, session: aiohttp.ClientSession, store: Store
) -> AsyncIterator[Diagnosis]:
    try:
        clients = GitHubClients(
            session,
            app_id=settings.gh_app_id,
            private_key=settings.private_key(),
            api_url=settings.api_url,
        )
        await clients.check_key()
    except ValueError as error:
        yield Diagnosis("key", str(error), is_fault=True)
        return
    try:
        app = await clients.app()
    except CredentialsRefused as error:
        message = f"GitHub does not accept GH_APP_ID with this key ({error})"
        yield Diagnosis("app", message, is_fault=True)
        return
    except TryLater as error:
        message = (
            f"{settings.api_url} is unreachable or cannot answer now; check GH_API_URL ({error})"
        )
        yield Diagnosis("app", message, is_fault=True)
        return
    except GitHubFailure as error:
        message = f"GitHub does not accept GH_APP_ID with this key ({error})"
        yield Diagnosis("app", message, is_fault=True)
        return
    yield Diagnosis("app", f"its name on GitHub is {app.get('slug')}")
    for diagnosis in (*_permissions(app), *_events(app)):
        yield diagnosis
    repositories = await store.repositories()
    if not repositories:
        yield Diagnosis(
            "repositories",
            "none yet; install the app, or redeliver its installation event",
            is_warning=True,
        )
    for repository in repositories:
        for diagnosis in await _repository(clients, store, repository):
            yield diagnosis


def _permissions(app: Mapping[str, Any]) -> list[Diagnosis]:
    granted = app.get("permissions") or {}
    diagnoses = []
    for name, required in PERMISSIONS.items():
        has = _STRENGTH.get(str(granted.get(name)), 0)
        if has >= _STRENGTH[required]:
            continue
        optional = name in OPTIONAL_PERMISSIONS
        diagnoses.append(
            Diagnosis(
                "permission",
                f"{name}: {required} is missing; grant it in the app's settings",
                is_fault=not optional,
                is_warning=optional,
            )
        )
    return diagnoses or [Diagnosis("permissions", "all granted")]


def _events(app: Mapping[str, Any]) -> list[Diagnosis]:
    missing = sorted(set(SUBSCRIBED_EVENTS) - set(app.get("events") or ()))
    if missing:
        message = f"not subscribed to {', '.join(missing)}; select them in the app's settings"
        return [Diagnosis("events", message, is_fault=True)]
    return [Diagnosis("events", "all subscribed")]


async def _repository(
    clients: GitHubClients, store: Store, repository: Repository
) -> list[Diagnosis]:
    subject = f"editors of {repository.full_name}"
    people = PeopleReader(clients, store, lambda: datetime.now(UTC))
    try:
        client = await clients.for_repository(repository.full_name, repository.installation)
        branch = (await client.get(f"/repos/{repository.full_name}"))["default_branch"]
        facts = await read_base_branch(client, repository, branch)
        if not facts.is_pep_repository:
            return [
                Diagnosis(
                    repository.full_name, "has no PEPs and no policy, so the bot only listens to it"
                )
            ]
        reading = await people.editors(client, repository, facts.policy, facts.default_codeowners)
    except GitHubFailure as error:
        return [Diagnosis(subject, f"the repository cannot be read ({error})", is_fault=True)]
    diagnoses = [
        Diagnosis(f"base of {repository.full_name}", note, is_warning=True) for note in facts.notes
    ]
    if reading.logins:
        count = len(reading.logins)
        diagnoses.append(Diagnosis(subject, f"{count} account{'' if count == 1 else 's'}"))
    else:
        message = (
            "nobody counts as an editor, so nobody can skip a rule or pause: grant Members: read, "
            "or list logins under [editors] in .github/pep-bot.toml"
        )
        diagnoses.append(Diagnosis(subject, message, is_warning=True))
    return diagnoses
