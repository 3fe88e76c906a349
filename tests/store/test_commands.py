"""Commands that take effect in a whole repository."""

from datetime import timedelta

from bot.commands.log import first_processed
from bot.commands.text import LoggedCommand, Place, Text
from bot.peps.people import Login
from bot.review.subject import Subject
from bot.store.commands import CommandStore
from bot.store.database import open_database
from bot.store.documents import ALL_EDITORS, Document
from bot.store.store import Store
from tests.store.builders import NOON, OTHER, PEPS


def reservation(number: int, login: str) -> LoggedCommand:
    """A number that an editor reserved."""
    at = NOON + timedelta(minutes=number)
    return LoggedCommand(
        f"IC_{number}", f"number {number}", 0, 1, Login(login), at, (number, 1), ""
    )


async def keep(commands: CommandStore, subject: Subject, one: LoggedCommand) -> None:
    """Remember a command."""
    text = Text(one.source, Place.COMMENT, 1, one.login, one.login, "", "", one.at)
    await commands.keep(subject, first_processed(text), [one])


async def test_a_number_is_reserved_only_by_an_editor(url: str) -> None:
    database = await open_database(url)
    commands, store = CommandStore(database), Store(database)
    for repository in (PEPS, OTHER):
        for one in (reservation(900, "mallory"), reservation(901, "Edith")):
            await keep(commands, Subject(repository, 1), one)
    assert [one.number for one in await commands.reservations(PEPS)] == [900, 901]
    await store.keep_document(ALL_EDITORS.of(PEPS), Document("edith\nedmund", NOON))
    assert [one.number for one in await commands.reservations(PEPS)] == [901]
    assert [one.number for one in await commands.reservations(OTHER)] == [900, 901]
    await store.close()


async def test_delegates_are_kept_by_pep_across_a_repository(url: str) -> None:
    database = await open_database(url)
    commands, store = CommandStore(database), Store(database)
    link = "https://github.com/python/steering-council/issues/259"
    for minute, (number, login, text, note) in enumerate(
        (
            (1, "ada", "delegate", "840 Ada Merritt"),
            (2, "edith", f"delegate @dora 840 because {link}", "840"),
            (2, "edith", "delegate @olaf", "Olaf Brandt"),
            (3, "olaf", "delegate 841", "841 Olaf Brandt"),
        )
    ):
        at = NOON + timedelta(minutes=minute)
        one = LoggedCommand(
            f"IC_{minute}",
            text,
            0,
            number,
            Login(login),
            at,
            (minute, 1),
            "https://e.org",
            note=note,
        )
        await keep(commands, Subject(PEPS, number), one)
    await store.keep_document(ALL_EDITORS.of(PEPS), Document("edmund", NOON))
    found = await commands.delegations(PEPS)
    assert [(one.pep, one.login, one.name, one.stands) for one in found] == [
        (840, "ada", "Ada Merritt", False),
        (840, "dora", "", True),
        (841, "olaf", "Olaf Brandt", True),
    ], "who recorded it had the role then; an earlier version's records are of one pull request"
    assert (await store.stored_numbers(PEPS)).delegations == found
    assert await commands.delegations(OTHER) == ()
    await store.close()
