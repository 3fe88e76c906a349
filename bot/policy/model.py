"""The policy: labels, people, numbers and links a repository works with, strictly typed.

The defaults for python/peps stand in `default.toml` beside this file; a repository overrides them
in `.github/pep-bot.toml` on its base branch. Unknown keys are refused.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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

_SPAN = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")


def _span(value: object) -> object:
    """A range of numbers, written `"100-999"`, as its first and last number."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, tuple):
        return value
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError('this is not a range of numbers such as "100-999"')
    return int(found[1]), int(found[2])


def _spread(value: object) -> object:
    """The numbers in a list of numbers and of ranges."""
    if not isinstance(value, list):
        return value
    spread: list[object] = []
    for item in value:
        if isinstance(item, str):
            first, last = cast("tuple[int, int]", _span(item))
            spread += range(first, last + 1)
        else:
            spread.append(item)
    return spread


Span = Annotated[tuple[Number, Number], BeforeValidator(_span)]
"""The first and the last number of a range."""

NumberSet = Annotated[frozenset[Number], BeforeValidator(_spread)]
"""PEP numbers, given singly or as ranges."""

Repository = Annotated[str, _of_form(rf"{LOGIN}/{_FILE_NAME}", "a repository (`owner/name`)")]
"""A repository on GitHub as `owner/name`."""

FilePath = Annotated[
    str, _of_form(rf"(?:{_FILE_NAME}/){{0,9}}{_FILE_NAME}", "a file's path in a repository")
]
"""A file's path inside a repository; never one that leaves it."""

UrlTemplate = Annotated[str, AfterValidator(checked_template)]
"""An https URL that may contain `{number}` and `{pr}`; empty is off."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Appointment(_Strict):
    """A person in an office, with the days and the source that show it (PEP 1: public records)."""

    name: PersonName
    """The person's name as headers write it."""

    login: Account
    """The person's account."""

    since: date
    """The first day in office."""

    until: date | None = None
    """The first day out of it; left out while it is held."""

    scope: str = ""
    """What the office covers, where several are alike."""

    source: Annotated[str, Field(min_length=1)]
    """Where it can be read up."""

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
    """A pull request that adds a PEP."""

    needs_sponsor: LabelName = "needs sponsor"
    """A new PEP nobody may stand for yet."""

    needs_codeowners: LabelName = "needs codeowners"
    """A new PEP whose line in CODEOWNERS is missing or wrong."""

    needs_number: LabelName = "needs number"
    """A new PEP whose number is a placeholder, taken, or not the same everywhere."""

    awaiting_author: LabelName = "awaiting author"
    """It is the author's turn."""

    awaiting_sponsor: LabelName = "awaiting sponsor"
    """It is the sponsor's turn to agree."""

    awaiting_editor: LabelName = "awaiting editor"
    """It is an editor's turn."""

    awaiting_decision: LabelName = "awaiting decision"
    """Those who decide have the word: a pull request that moves a status."""

    paused: LabelName = "bot: paused"
    """Set by an editor, it keeps the bot from writing on a pull request."""

    skip_prefix: LabelName = "skip "
    """What a label begins with that sets a rule aside; the rule's id follows."""

    create_missing: bool = True
    """Whether the bot makes labels that the repository does not have yet."""

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
    """Numbers, each as such (`801`) or as a range in quotes (`"8100-8199"`)."""

    ordinary: Span = (PepNumber(100), PepNumber(999))
    """The range that authors take numbers from by themselves, one after another."""

    elections: NumberSet = frozenset()
    """A series for elections: no line in CODEOWNERS, decided by those who vote."""

    special: NumberSet = frozenset()
    """Jokes and anniversaries: numbers that do not follow the run."""

    taken_ahead: NumberSet = frozenset()
    """Published numbers that were taken far above the run on purpose."""

    placeholders: NumberSet = frozenset()
    """Numbers that mean "not assigned yet"."""

    reserved: dict[Number, str] = {}
    """Reserved numbers, with the reason as people read it. Whom it names may take the number."""

    far_ahead: Annotated[int, Field(ge=1)] = 12
    """How far above the next number one is worth a question (98 % of the PEPs of 2023 to 2026 lie
    within 12)."""

    @property
    def ordinary_run(self) -> range:
        """The numbers of the ordinary run."""
        first, last = self.ordinary
        return range(first, last + 1)


class Editors(_Strict):
    """Who the PEP editors are; without either, the teams on CODEOWNERS' `*` line."""

    logins: frozenset[Account] = frozenset()
    """Their accounts."""

    teams: frozenset[Team] = frozenset()
    """Teams all of whose members are editors."""


class People(_Strict):
    """People whom the core team's list does not tell about."""

    aliases: dict[PersonName, PersonName] = {}
    """A name as headers write it, and the name on the core team's list."""

    known: dict[PersonName, Account] = {}
    """The accounts of people outside that list, by their names as headers write them. It gives no
    right."""

    typing_council: tuple[Appointment, ...] = ()
    """Members of the Typing Council, present and past; they may sponsor."""

    packaging_delegates: tuple[Appointment, ...] = ()
    """The Steering Council's standing delegates for packaging, present and past."""

    write_access: frozenset[Account] = frozenset()
    """Accounts that may own files although they are not on the core team's list."""

    accepted_sponsors: dict[PepNumber, frozenset[Account]] = {}
    """Accounts that the editors accept as a sponsor of one PEP, by its number."""


class Links(_Strict):
    """URL templates, https only, with `{number}` (four digits) and `{pr}`; empty is off."""

    preview: UrlTemplate = ""
    """Where a pull request's PEP can be read as it would look."""

    published: UrlTemplate = ""
    """Where a published PEP can be read."""


class LabelCommand(_Strict):
    """Which labels `/pep label` may change, as globs such as `topic-*`; an empty list is none.

    Labels that instruct the bot it never may.
    """

    editors: tuple[LabelName, ...] = ("*",)
    """By PEP editors."""

    authors: tuple[LabelName, ...] = ()
    """By authors, of the pull request or its PEP."""

    anyone: tuple[LabelName, ...] = ()
    """By anybody."""

    denied: tuple[LabelName, ...] = ()
    """By nobody, whatever the other lists say."""


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
    label_command: LabelCommand = LabelCommand()
    rules: dict[str, RuleSetting] = {}
    """The id of a rule, and `off`, `notice`, `warning` or `error`: what the rule itself weighs
    heaviest weighs that much."""

    core_team_repository: Repository = "python/devguide"
    """The repository with the core team's list."""

    core_team_path: FilePath = "core-team/core-team.csv"
    """Where the list is in it: CSV with name, account, day of joining, day of leaving, notes."""

    check_run_always: bool = False
    """Whether every pull request gets a check run; for where it is required."""
