"""The core team's list from a file, for rules that ask who may sponsor."""

from pathlib import Path

from bot.offline.failure import CannotRun
from bot.offline.files import LARGEST, as_text
from bot.peps.people import CoreTeam, CoreTeamUnreadable, parse_core_team
from bot.rules.change import Unreadable
from bot.rules.wording import code


def read_core_team(path: Path) -> CoreTeam:
    """Read python/devguide's `core-team/core-team.csv`.

    Raises:
        CannotRun: The file is not there, or is no such list.
    """
    try:
        with path.open("rb") as file:
            text = as_text(file.read(LARGEST + 1))
    except OSError as error:
        raise CannotRun(f"{code(str(path))} cannot be read: {error.strerror}.") from error
    if isinstance(text, Unreadable):
        raise CannotRun(f"{code(str(path))} is {text.value}.")
    try:
        return parse_core_team(text)
    except CoreTeamUnreadable as unreadable:
        raise CannotRun(f"{code(str(path))} is no core team list: {unreadable}.") from unreadable
