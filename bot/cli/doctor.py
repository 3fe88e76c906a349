"""`doctor`: checks everything an operator can get wrong, and says what to fix."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile

import aiohttp
import click
from rich.console import Console

from bot.cli.app_checks import Diagnosis, check_app
from bot.cli.deliveries import duration_text
from bot.github.client.client import GitHubFailure
from bot.github.client.http_client import GitHubClients
from bot.github.read.base_branch import read_base_branch
from bot.github.read.people_reader import PeopleReader
from bot.inbox.delivery import DeliveryState, InboxUnavailable
from bot.inbox.open import open_inbox
from bot.logs import show_errors_only
from bot.review.subject import Repository
from bot.settings import (
    Settings,
    SettingsInvalid,
    misspelt_variables,
    read_settings,
    require_app,
)
from bot.store.database import open_database
from bot.store.location import SqliteFile, StoreUnavailable, StoreUnusable, located
from bot.store.migrate import is_there
from bot.store.store import Store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, for programs.")
def doctor(*, as_json: bool) -> None:
    """Check settings, key, permissions, events, webhook, store and access; say what to fix."""
    sys.exit(0 if diagnose(as_json=as_json) else 1)


def diagnose(*, as_json: bool = False) -> bool:
    """Print what is checked and what to fix; returns whether the bot can work."""
    # The diagnoses are the output; they also report requests that had to be repeated.
    show_errors_only()
    diagnoses = asyncio.run(examine())
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in diagnoses], indent=2))
    console = Console(highlight=False)
    for one in () if as_json else diagnoses:
        mark = "[yellow]![/]" if one.is_warning else "[red]✗[/]" if one.is_fault else "[green]✓[/]"
        console.print(mark, end=" ")
        console.print(f"{one.subject}: {one.message}", markup=False, soft_wrap=True)
    return not any(one.is_fault for one in diagnoses)


def _as_json(one: Diagnosis) -> dict[str, str]:
    level = "fault" if one.is_fault else "warning" if one.is_warning else "ok"
    return {"level": level, "subject": one.subject, "message": one.message}


_OVERDUE_AFTER = timedelta(minutes=15)
"""A delivery that waits longer is reported: it fails, or no server runs."""


async def examine() -> list[Diagnosis]:
    """Check everything; stop where one check needs another. Nothing is created."""
    misspelt = [Diagnosis("settings", one, is_warning=True) for one in misspelt_variables()]
    try:
        settings = read_settings()
        require_app(settings)
    except SettingsInvalid as error:
        lines = str(error).splitlines()
        return [*misspelt, *(Diagnosis("settings", line, is_fault=True) for line in lines)]
    diagnoses = [*misspelt, Diagnosis("settings", "complete")]
    async with AsyncExitStack() as stack:
        try:
            store = await _store(settings, diagnoses, stack)
        except (StoreUnusable, StoreUnavailable, InboxUnavailable) as error:
            return [*diagnoses, Diagnosis("store", str(error), is_fault=True)]
        session = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        diagnoses += [one async for one in _on_github(settings, session, store)]
    return diagnoses


async def _store(
    settings: Settings, diagnoses: list[Diagnosis], stack: AsyncExitStack
) -> Store | None:
    """Check the store and what waits in it; None if there is none yet, and none is made.

    Raises:
        StoreUnusable: It is there, or to be there, and cannot be used.
        StoreUnavailable: It cannot be read or written now.
        InboxUnavailable: The same.
    """
    location = located(settings.database_url)
    if not await asyncio.to_thread(is_there, location):
        if isinstance(location, SqliteFile):
            await asyncio.to_thread(_require_writable_folder, location)
        diagnoses.append(Diagnosis("store", "not there yet; `serve` creates it"))
        return None
    database = await open_database(settings.database_url, serving=False)
    stack.push_async_callback(database.close)
    diagnoses.append(Diagnosis("store", f"can be read and written ({await database.check()})"))
    diagnoses.append(await _deliveries(settings))
    return Store(database)


def _require_writable_folder(file: SqliteFile) -> None:
    """Check that the store can be created, without creating it.

    Raises:
        StoreUnusable: Its folder cannot be written.
    """
    try:
        with TemporaryFile(dir=file.path.absolute().parent):
            pass
    except OSError as error:
        raise StoreUnusable(
            f"the store {file.path} cannot be created ({error.strerror}); let the bot's account "
            "write its folder"
        ) from None


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
        message.append(
            f"{dead} dead: see `deliveries list --state dead`, then `deliveries replay ID`"
        )
    late = oldest is not None and now - oldest > _OVERDUE_AFTER
    return Diagnosis("deliveries", ", ".join(message), is_warning=bool(dead) or late)


async def _on_github(
    settings: Settings, session: aiohttp.ClientSession, store: Store | None
) -> AsyncIterator[Diagnosis]:
    try:
        clients = GitHubClients(
            session,
            app_id=settings.gh_app_id,
            private_key=settings.private_key(),
            api_url=settings.gh_api_url,
        )
        await clients.check_key()
    except ValueError as error:
        yield Diagnosis("key", f"the private key: {error}", is_fault=True)
        return
    works = True
    async for diagnosis in check_app(settings, clients):
        works = works and not (diagnosis.subject == "app" and diagnosis.is_fault)
        yield diagnosis
    if store is None or not works:
        return
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
