"""The model of the policy: a repository's labels, people, numbers, links and other settings.

The defaults for python/peps are in `default.toml` next to this file; a repository overrides them
in `.github/pep-bot.toml` on its default branch. Unknown keys are refused.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.peps.number import PepNumber
from bot.policy.bodies import Appointment, Body, Source, WorkGroup
from bot.policy.fields import (
    Account,
    AccountId,
    CheckName,
    FilePath,
    ForumHost,
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
from bot.policy.labels import LabelCommand, LabelNames


class Reminders(PolicyTable):
    """What the bot follows up after a merge, and where it reports it.

    Each is `off`, reported in the queue (`digest`), or also reported once to the author, in a
    comment on the merged pull request (`comment`).
    """

    thread_missing: NotificationMode = NotificationMode.COMMENT
    """`Discussions-To` is still missing or `Pending` a week after the merge."""

    not_final: NotificationMode = NotificationMode.DIGEST
    """An Accepted PEP whose `Python-Version` is in beta, or released; if the release schedules
    do not have that version, an Accepted PEP that nobody changes."""

    provisional: NotificationMode = NotificationMode.DIGEST
    """The same for a Provisional PEP, once its version is released."""

    no_canonical_link: NotificationMode = NotificationMode.DIGEST
    """A PEP that became Final and does not link its documentation."""

    decision_unrecorded: NotificationMode = NotificationMode.DIGEST
    """The issue that submitted a PEP is closed, but the PEP is still a Draft."""

    quiet: NotificationMode = NotificationMode.DIGEST
    """A Draft without recent changes; never reported in a comment."""

    deferred: NotificationMode = NotificationMode.DIGEST
    """A Deferred PEP, which anybody may take up; never reported in a comment."""

    pushed: NotificationMode = NotificationMode.DIGEST
    """A PEP that was pushed without a pull request; never reported in a comment."""

    source_changed: NotificationMode = NotificationMode.DIGEST
    """A file in `[sources]` that has changed; never reported in a comment."""

    quiet_days: Annotated[int, Field(ge=30, le=10_000)] = 365
    """After how many days without a change the bot assumes that nobody works on a PEP."""

    def notification_mode(self, kind: str) -> NotificationMode:
        """Where a kind of follow-up, such as `thread-missing`, is reported."""
        mode: NotificationMode = getattr(self, kind.replace("-", "_"))
        return mode

    @model_validator(mode="after")
    def _does_not_press_authors(self) -> Self:
        why = dict.fromkeys(("quiet", "deferred"), "nobody is pushed to go on")
        nowhere = "there is no pull request to comment on"
        for name, reason in (why | dict.fromkeys(("pushed", "source_changed"), nowhere)).items():
            if self.notification_mode(name) is NotificationMode.COMMENT:
                raise ValueError(f"`{name}` can be `off` or `digest`: {reason}")
        return self


class Numbers(PolicyTable):
    """Numbers, each by itself (`801`) or as a range in quotes (`"8100-8199"`)."""

    ordinary: NumberRange = (PepNumber(100), PepNumber(999))
    """The range from which authors take numbers by themselves, one after another."""

    elections: NumberSet = frozenset()
    """Numbers for elections: no line in CODEOWNERS, decided by a vote."""

    special: NumberSet = frozenset()
    """Jokes and anniversaries: numbers out of the ordinary order."""

    taken_ahead: NumberSet = frozenset()
    """Published numbers that were deliberately taken far ahead."""

    placeholders: NumberSet = frozenset()
    """Numbers that mean "not assigned yet"."""

    reserved: dict[Number, str] = Field(default_factory=dict)
    """Reserved numbers, with the reason as people read it. An author whom the reason names may
    use the number."""

    far_ahead: Annotated[int, Field(ge=1)] = 12
    """How far above the next number a number gets a question (98 % of the PEPs from 2023 to 2026
    are within 12)."""

    @property
    def ordinary_run(self) -> range:
        """The numbers of the ordinary sequence."""
        first, last = self.ordinary
        return range(first, last + 1)


class Editors(PolicyTable):
    """Who the PEP editors are; without accounts and teams, the teams on CODEOWNERS' `*` line."""

    logins: frozenset[Account] = frozenset()
    """Their accounts."""

    teams: frozenset[Team] = frozenset()
    """Teams whose members are all editors."""

    collaborators: bool = False
    """Whether everybody with write access may do two of the editors' tasks by command: reserve and
    release numbers, and change labels. Rules, pauses and delegates stay with the editors."""


class People(PolicyTable):
    """People who are not on the core team list, or under another name."""

    aliases: dict[PersonName, PersonName] = Field(default_factory=dict)
    """A name as headers write it, and the same person's name on the core team list."""

    known: dict[PersonName, Account] = Field(default_factory=dict)
    """The accounts of people who are not on that list, by their names as headers write them. This
    gives them no rights."""

    accounts: dict[Account, AccountId] = Field(default_factory=dict)
    """GitHub's id of the account that a login in this policy or on another list means; needed if
    the login belongs to another account now than when the bot first saw it."""

    typing_council: tuple[Appointment, ...] = ()
    """Members of the Typing Council, present and past; they may sponsor."""

    packaging_delegates: tuple[Appointment, ...] = ()
    """The Steering Council's standing delegates for packaging, present and past. They decide until
    a body decides on the topic."""

    packaging_council: tuple[Appointment, ...] = ()
    """Members of the Packaging Council, present and past. They may sponsor packaging PEPs from the
    day on which it decides."""

    steering_council: tuple[Appointment, ...] = ()
    """Members of the Steering Council, present and past. They may give the commands of those who
    decide on the PEPs that it decides on."""

    write_access: frozenset[Account] = frozenset()
    """Accounts that may own files although they are not on the core team list."""

    accepted_sponsors: dict[PepNumber, frozenset[Account]] = Field(default_factory=dict)
    """Accounts that the editors accept as a sponsor of one PEP, by its number. A name that is
    not on the core team list needs an entry in `known`, too."""


class Links(PolicyTable):
    """URL templates, https only, with `{number}` (four digits) and `{pr}`; an empty one is off."""

    preview: UrlTemplate = ""
    """The preview of a pull request's PEP."""

    published: UrlTemplate = ""
    """The page of a published PEP."""


class Issues(PolicyTable):
    """What the bot does on issues besides running commands; all of it is off by default."""

    topics: bool = False
    """Whether a new issue that names PEPs gets the labels of their topics (`[labels.topics]`)."""

    links: bool = False
    """Whether a new issue that names PEPs gets one comment with links to them, their status, and
    the open pull requests on them; and one that asks for a number, how to get it."""

    queue: bool = False
    """Whether one issue, opened by the bot and edited in place once a week, lists the open pull
    requests by whose turn it is. It mentions nobody; close it to stop the updates."""


class Council(PolicyTable):
    """What the bot does in the trackers of the councils, if the app is installed there too."""

    line: bool = False
    """Whether an issue there that submits a PEP gets one comment, edited in place: status and
    threads of the PEP, who recommends, and what has changed in it since, section by section."""


class Discourse(PolicyTable):
    """Whether the bot reads posts that PEPs link, for their day and author. Off by default."""

    host: ForumHost = ""
    """`"https://discuss.python.org"` to let the bot read the posts that a `Resolution`, the sponsor
    item of a description, or `/pep prepare` and `/pep thread` without a day link, and the titles of
    threads in `Discussions-To`; no other host is read."""


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
    """The bodies that decide on PEPs, recommend, advise or maintain them, each by a short name."""

    sources: dict[str, Source] = Field(default_factory=dict, max_length=20)
    """The public files that people and bodies here were taken from, each by a short name; at most
    20, since each is asked for once a day."""

    work_groups: dict[str, WorkGroup] = Field(default_factory=dict)
    """Work groups that may be interested in a PEP, each by a short name."""

    rules: dict[str, RuleSetting] = Field(default_factory=dict)
    """The id of a rule, and `off`, `notice`, `warning` or `error`: the severity of the rule's most
    severe findings."""

    core_team_repository: Repository = "python/devguide"
    """The repository with the core team list."""

    core_team_path: FilePath = "core-team/core-team.csv"
    """The list's path in it: CSV with name, account, day of joining, day of leaving, notes."""

    draft_lines: Annotated[int, Field(ge=1, le=100_000)] = 100
    """How many lines of a Draft's Specification have to change for the bot to link its thread."""

    amendment_lines: Annotated[int, Field(ge=1, le=100_000)] = 10
    """The same for a Provisional or Accepted PEP, whose amendments should be noted in it."""

    checks: tuple[CheckName, ...] = ()
    """Other programs' checks, by name; the comment tells of a failed one once all is fixed."""

    check_run_always: bool = False
    """Whether every pull request gets a check run; where it is required."""

    ownership_days: Annotated[int, Field(ge=1, le=10_000)] = 30
    """How many days authors have to answer whoever takes their PEP over; then editors decide."""

    suggest_work_groups: bool = False
    """Whether the comment on a new PEP tells its author which work group helps authors, and editors
    which others may be interested."""
