"""The policy: labels, people, numbers and links a repository works with, strictly typed.

The defaults for python/peps stand in `default.toml` beside this file; a repository overrides them
in `.github/pep-bot.toml` on its base branch. Unknown keys are refused.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.peps.number import PepNumber
from bot.peps.people import Login


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Appointment(_Strict):
    """A person in an office, with the days and the source that show it (PEP 1: public records)."""

    name: str
    login: Login
    since: date
    until: date | None = None
    scope: str = ""
    source: str


class LabelNames(_Strict):
    """The labels the bot writes; an empty name switches one off."""

    new_pep: str = "new-pep"
    needs_sponsor: str = "needs sponsor"
    needs_codeowners: str = "needs codeowners"
    needs_number: str = "needs number"
    awaiting_author: str = "awaiting author"
    awaiting_sponsor: str = "awaiting sponsor"
    awaiting_editor: str = "awaiting editor"
    awaiting_decision: str = "awaiting decision"
    paused: str = "bot: paused"
    skip_prefix: str = "skip "
    create_missing: bool = True


class Numbers(_Strict):
    """Numbers that do not follow the run (all lists are of PEP numbers)."""

    special: frozenset[PepNumber] = frozenset()
    taken_ahead: frozenset[PepNumber] = frozenset()
    reserved: dict[PepNumber, str] = {}
    placeholders: frozenset[PepNumber] = frozenset()
    far_ahead: Annotated[int, Field(ge=1)] = 12


class Editors(_Strict):
    """Who the PEP editors are; without either, the teams on CODEOWNERS' `*` line."""

    logins: frozenset[Login] = frozenset()
    teams: frozenset[str] = frozenset()


class People(_Strict):
    """People whom the core team's list does not tell about.

    `aliases` maps a name as headers write it to the name on the core team's list.
    """

    aliases: dict[str, str] = {}
    typing_council: tuple[Appointment, ...] = ()
    packaging_delegates: tuple[Appointment, ...] = ()
    write_access: frozenset[Login] = frozenset()


class Links(_Strict):
    """URL templates, https only, taking `{number}` (four digits) and `{pr}`; empty is off."""

    preview: str = ""
    published: str = ""


class Policy(_Strict):
    """Everything a repository can decide for itself."""

    labels: LabelNames = LabelNames()
    numbers: Numbers = Numbers()
    editors: Editors = Editors()
    people: People = People()
    links: Links = Links()
    core_team_repository: str = "python/devguide"
    core_team_path: str = "core-team/core-team.csv"
    check_run_always: bool = False
