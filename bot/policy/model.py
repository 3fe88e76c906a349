"""The policy: labels, people, numbers and links a repository works with, strictly typed.

The defaults for python/peps stand in `default.toml` beside this file; a repository overrides them
in `.github/pep-bot.toml` on its base branch. Unknown keys are refused.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.peps.number import PepNumber
from bot.peps.people import LOGIN, Login
from bot.policy.template import checked_template


def _of_form(pattern: str, words: str) -> AfterValidator:
    """A validator for strings of one form that says in words what the form is."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"this is not {words}")
        return value

    return AfterValidator(check)


_FILE_NAME = r"\.?[A-Za-z0-9_-][A-Za-z0-9_.-]{0,98}"

LabelName = Annotated[str, _of_form(r"[^\x00-\x1f\x7f]{0,50}", "a label of at most 50 characters")]
"""A label's name as GitHub allows it."""

Account = Annotated[Login, _of_form(LOGIN, "an account on GitHub (without `@`)")]
"""An account on GitHub, without `@`."""

Team = Annotated[
    str, _of_form(rf"{LOGIN}/[A-Za-z0-9_.-]{{1,100}}", "a team (`organisation/team`, without `@`)")
]
"""A team on GitHub as `organisation/team`, without `@`."""

PersonName = Annotated[
    str, _of_form(r"[^<>@\x00-\x1f\x7f]{1,120}", "a person's name (without an address)")
]
"""A person's name as people read it."""

Number = Annotated[PepNumber, Field(ge=0, le=9999)]
"""A PEP number; file names have four digits (PEP 12)."""

Repository = Annotated[str, _of_form(rf"{LOGIN}/{_FILE_NAME}", "a repository (`owner/name`)")]
"""A repository on GitHub as `owner/name`."""

FilePath = Annotated[
    str, _of_form(rf"(?:{_FILE_NAME}/){{0,9}}{_FILE_NAME}", "a file's path in a repository")
]
"""A file's path inside a repository; never one that leaves it."""

UrlTemplate = Annotated[str, AfterValidator(checked_template)]
"""An https URL that may contain `{number}` and `{pr}`; empty is off."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Appointment(_Strict):
    """A person in an office, with the days and the source that show it (PEP 1: public records).

    `since` is the first day in office, `until` the first day out of it. `scope` says what the
    office covers where several are alike.
    """

    name: PersonName
    login: Account
    since: date
    until: date | None = None
    scope: str = ""
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError("`until` has to be later than `since`")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether the person is in office on a day."""
        return self.since <= day and (self.until is None or day < self.until)


class LabelNames(_Strict):
    """The labels the bot writes; an empty name switches one off.

    No two may be alike: GitHub tells labels apart without case, and a shared one would be set by
    one cause and removed by another.
    """

    new_pep: LabelName = "new-pep"
    needs_sponsor: LabelName = "needs sponsor"
    needs_codeowners: LabelName = "needs codeowners"
    needs_number: LabelName = "needs number"
    awaiting_author: LabelName = "awaiting author"
    awaiting_sponsor: LabelName = "awaiting sponsor"
    awaiting_editor: LabelName = "awaiting editor"
    awaiting_decision: LabelName = "awaiting decision"
    paused: LabelName = "bot: paused"
    skip_prefix: LabelName = "skip "
    create_missing: bool = True

    @model_validator(mode="after")
    def _are_all_different(self) -> Self:
        names = [
            name.strip().casefold()
            for name in (
                self.new_pep,
                self.needs_sponsor,
                self.needs_codeowners,
                self.needs_number,
                self.awaiting_author,
                self.awaiting_sponsor,
                self.awaiting_editor,
                self.awaiting_decision,
                self.paused,
            )
            if name
        ]
        if len(set(names)) < len(names):
            raise ValueError("no two labels may have the same name")
        return self


class Numbers(_Strict):
    """Numbers that do not follow the run (all lists are of PEP numbers).

    `special` are jokes and anniversaries, `taken_ahead` were taken far above the run on purpose,
    `reserved` maps a number to the reason as people read it, `placeholders` mean "not assigned
    yet". A number more than `far_ahead` above the next one is worth a question (measured: 98 % of
    the PEPs of 2023 to 2026 lie within 12).
    """

    special: frozenset[Number] = frozenset()
    taken_ahead: frozenset[Number] = frozenset()
    reserved: dict[Number, str] = {}
    placeholders: frozenset[Number] = frozenset()
    far_ahead: Annotated[int, Field(ge=1)] = 12


class Editors(_Strict):
    """Who the PEP editors are; without either, the teams on CODEOWNERS' `*` line."""

    logins: frozenset[Account] = frozenset()
    teams: frozenset[Team] = frozenset()


class People(_Strict):
    """People whom the core team's list does not tell about.

    `aliases` maps a name as headers write it to the name on the core team's list. `write_access`
    are accounts that may own files although they are not on that list. `known` maps the names of
    people outside that list, as headers write them, to their accounts; it gives no right.
    `accepted_sponsors` are accounts that the editors accept as a sponsor of the one PEP.
    """

    aliases: dict[PersonName, PersonName] = {}
    known: dict[PersonName, Account] = {}
    typing_council: tuple[Appointment, ...] = ()
    packaging_delegates: tuple[Appointment, ...] = ()
    write_access: frozenset[Account] = frozenset()
    accepted_sponsors: dict[PepNumber, frozenset[Account]] = {}


class Links(_Strict):
    """URL templates, https only, taking `{number}` (four digits) and `{pr}`; empty is off."""

    preview: UrlTemplate = ""
    published: UrlTemplate = ""


class RuleSetting(StrEnum):
    """What a repository can say of a rule: how much its findings weigh, or that it is off."""

    OFF = "off"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


class Policy(_Strict):
    """Everything a repository can decide for itself."""

    labels: LabelNames = LabelNames()
    numbers: Numbers = Numbers()
    editors: Editors = Editors()
    people: People = People()
    links: Links = Links()
    rules: dict[str, RuleSetting] = {}
    core_team_repository: Repository = "python/devguide"
    core_team_path: FilePath = "core-team/core-team.csv"
    check_run_always: bool = False
