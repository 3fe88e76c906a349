"""The model of the policy: a repository's labels, people, numbers, links and other settings.

The defaults for python/peps are in `default.toml` next to this file; a repository overrides them
in `.github/pep-bot.toml` on its default branch. Unknown keys are refused.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.peps.number import PepNumber
from bot.policy.bodies import Body, WorkGroup
from bot.policy.fields import (
    Account,
    AccountId,
    FilePath,
    ForumHost,
    LabelName,
    NotificationMode,
    Number,
    NumberRange,
    NumberSet,
    PersonName,
    PolicyTable,
    Repository,
    Team,
    UrlTemplate,
)
from bot.policy.labels import LabelNames


class Reminders(PolicyTable):
    """What is watched after a merge, and where it is told.

    Each is `off`, told in the queue alone (`digest`), or beside that told once to the author, in a
    comment on the merged pull request (`comment`).
    """

    thread_missing: NotificationMode = NotificationMode.COMMENT
    """A week after the merge `Discussions-To` is still missing or `Pending`."""

    not_final: NotificationMode = NotificationMode.DIGEST
    """An Accepted PEP whose `Python-Version` is in beta, or released; without one that the release
    schedules have, an Accepted PEP that nobody changes."""

    provisional: NotificationMode = NotificationMode.DIGEST
    """The same for a Provisional PEP, once its version is released."""

    no_canonical_link: NotificationMode = NotificationMode.DIGEST
    """A PEP became Final and does not link its documentation."""

    decision_unrecorded: NotificationMode = NotificationMode.DIGEST
    """The issue that submitted a PEP is closed and the PEP is still a Draft."""

    quiet: NotificationMode = NotificationMode.DIGEST
    """A Draft on which nobody works; never told in a comment."""

    deferred: NotificationMode = NotificationMode.DIGEST
    """A Deferred PEP, which anybody may take up; never told in a comment."""

    quiet_days: Annotated[int, Field(ge=30, le=10_000)] = 365
    """After how many days without a change nobody counts as working on a PEP."""

    def notification_mode(self, kind: str) -> NotificationMode:
        """Where a kind of follow-up, such as `thread-missing`, is reported."""
        mode: NotificationMode = getattr(self, kind.replace("-", "_"))
        return mode

    @model_validator(mode="after")
    def _does_not_press_authors(self) -> Self:
        for name in ("quiet", "deferred"):
            if self.notification_mode(name) is NotificationMode.COMMENT:
                raise ValueError(f"`{name}` can be `off` or `digest`: nobody is pressed to go on")
        return self


class Appointment(PolicyTable):
    """A person in an office, with dates and source (PEP 1 asks for public records)."""

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

    reason: str = ""
    """Why the person holds it."""

    ends_when: str = ""
    """When it is no longer needed."""

    source: Annotated[str, Field(min_length=1)]
    """Where it can be read up."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError("`until` has to be later than `since`")
        return self

    def is_in_office_on(self, day: date) -> bool:
        """Whether the person is in office on a date."""
        return self.since <= day and (self.until is None or day < self.until)


class Numbers(PolicyTable):
    """Numbers, each as such (`801`) or as a range in quotes (`"8100-8199"`)."""

    ordinary: NumberRange = (PepNumber(100), PepNumber(999))
    """The range that authors take numbers from by themselves, one after another."""

    elections: NumberSet = frozenset()
    """A series for elections: no line in CODEOWNERS, decided by those who vote."""

    special: NumberSet = frozenset()
    """Jokes and anniversaries: numbers that do not follow the run."""

    taken_ahead: NumberSet = frozenset()
    """Published numbers that were taken far above the run on purpose."""

    placeholders: NumberSet = frozenset()
    """Numbers that mean "not assigned yet"."""

    reserved: dict[Number, str] = Field(default_factory=dict)
    """Reserved numbers, with the reason as people read it. Whom it names may take the number."""

    far_ahead: Annotated[int, Field(ge=1)] = 12
    """How far above the next number one is worth a question (98 % of the PEPs of 2023 to 2026 lie
    within 12)."""

    @property
    def ordinary_run(self) -> range:
        """The numbers of the ordinary sequence."""
        first, last = self.ordinary
        return range(first, last + 1)


class Editors(PolicyTable):
    """Who the PEP editors are; without either, the teams on CODEOWNERS' `*` line."""

    logins: frozenset[Account] = frozenset()
    """Their accounts."""

    teams: frozenset[Team] = frozenset()
    """Teams all of whose members are editors."""


class People(PolicyTable):
    """People whom the core team's list does not tell about."""

    aliases: dict[PersonName, PersonName] = Field(default_factory=dict)
    """A name as headers write it, and the name on the core team's list."""

    known: dict[PersonName, Account] = Field(default_factory=dict)
    """The accounts of people outside that list, by their names as headers write them. It gives no
    right."""

    accounts: dict[Account, AccountId] = Field(default_factory=dict)
    """The account that is meant by a login in this policy or on another list, by GitHub's id; for a
    login that has come to another account since the bot saw it first."""

    typing_council: tuple[Appointment, ...] = ()
    """Members of the Typing Council, present and past; they may sponsor."""

    packaging_delegates: tuple[Appointment, ...] = ()
    """The Steering Council's standing delegates for packaging, present and past. They hold until a
    body decides on the topic."""

    write_access: frozenset[Account] = frozenset()
    """Accounts that may own files although they are not on the core team's list."""

    accepted_sponsors: dict[PepNumber, frozenset[Account]] = Field(default_factory=dict)
    """Accounts that the editors accept as a sponsor of one PEP, by its number. A name that is
    not on the core team's list needs an entry in `known`, too."""


class Links(PolicyTable):
    """URL templates, https only, with `{number}` (four digits) and `{pr}`; empty is off."""

    preview: UrlTemplate = ""
    """Where a pull request's PEP can be read as it would look."""

    published: UrlTemplate = ""
    """Where a published PEP can be read."""


class Issues(PolicyTable):
    """What the bot does on issues beside hearing commands; all of it is off by default."""

    topics: bool = False
    """Whether a new issue that names PEPs gets the labels of their topics (`[labels.topics]`)."""

    links: bool = False
    """Whether a new issue that names PEPs gets one comment with links to them, their status, and
    the open pull requests on them; and one that asks for a number, how to come by it."""

    queue: bool = False
    """Whether one issue, opened by the bot and edited in place once a week, lists the open pull
    requests by whose turn it is. It mentions nobody; close it to have it left alone."""


class Council(PolicyTable):
    """What the bot does where those who decide are asked, if the app is installed there too."""

    line: bool = False
    """Whether an issue there that submits a PEP gets one comment, edited in place: status and
    threads of the PEP, who recommends, and what changed in it since, section by section."""


class Discourse(PolicyTable):
    """Posts that PEPs link may be read, for their day and their writer. Off by default."""

    host: ForumHost = ""
    """`"https://discuss.python.org"` to have the posts read that a `Resolution`, the sponsor item
    of a description, or `/pep prepare` and `/pep thread` without a day link, and the titles of
    threads in `Discussions-To`; no other host is read."""


class LabelCommand(PolicyTable):
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
    """A repository's setting for a rule: the severity of its findings, or off."""

    OFF = "off"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


class Policy(PolicyTable):
    """Everything a repository can decide for itself."""

    labels: LabelNames = LabelNames()
    numbers: Numbers = Numbers()
    editors: Editors = Editors()
    people: People = People()
    links: Links = Links()
    label_command: LabelCommand = LabelCommand()
    issues: Issues = Issues()
    reminders: Reminders = Reminders()
    council: Council = Council()
    discourse: Discourse = Discourse()
    bodies: dict[str, Body] = Field(default_factory=dict)
    """The bodies that decide on PEPs, recommend, advise or keep them, by a short name each."""

    work_groups: dict[str, WorkGroup] = Field(default_factory=dict)
    """Work groups that a PEP may interest, by a short name each."""

    rules: dict[str, RuleSetting] = Field(default_factory=dict)
    """The id of a rule, and `off`, `notice`, `warning` or `error`: what the rule itself weighs
    heaviest weighs that much."""

    core_team_repository: Repository = "python/devguide"
    """The repository with the core team's list."""

    core_team_path: FilePath = "core-team/core-team.csv"
    """Where the list is in it: CSV with name, account, day of joining, day of leaving, notes."""

    draft_lines: Annotated[int, Field(ge=1, le=100_000)] = 100
    """From how many changed lines of a Draft's Specification on its thread is linked."""

    amendment_lines: Annotated[int, Field(ge=1, le=100_000)] = 10
    """The same for a Provisional or Accepted PEP, where amendments are to be noted."""

    check_run_always: bool = False
    """Whether every pull request gets a check run; for where it is required."""

    ownership_days: Annotated[int, Field(ge=1, le=10_000)] = 30
    """How many days authors have to answer whoever takes their PEP over; then editors decide."""

    suggest_work_groups: bool = False
    """Whether the fold for editors under a new PEP's comment names a work group it may interest."""
