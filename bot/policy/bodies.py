"""Councils, groups and office holders: their part in PEPs, since when, and which files say so.

PEP 1 § "PEP Review & Resolution" asks for public records of delegations, why they were made, and
when they are no longer needed; so every entry has dates, a reason and a source.
"""

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.policy.fields import (
    Account,
    FilePath,
    HttpsUrl,
    NumberSet,
    PersonName,
    PolicyTable,
    Repository,
)


class BodyRole(StrEnum):
    """What a body does for a PEP."""

    DECIDES = "decides"
    RECOMMENDS = "recommends"
    """It is asked before the decision, and gives its recommendation to those who decide."""

    APPROVES = "approves"
    """It has to approve the PEP as well, beside those who decide."""

    ADVISES = "advises"
    """It gives its opinion on what concerns it; the decision does not have to wait for it."""

    KEEPS = "keeps"
    """It maintains the PEP itself; nobody has to accept it."""

    NONE = "none"
    """It has no part in PEPs, though its name suggests one."""


class Body(PolicyTable):
    """A body that decides on PEPs, approves, recommends, advises or maintains them."""

    name: PersonName
    """Its name, as it follows "the"."""

    part: BodyRole
    """What it does: `decides`, `approves`, `recommends`, `advises`, `keeps`, or `none`."""

    since: date
    """The first day it exists."""

    until: date | None = None
    """The first day it no longer exists; leave it out while it does."""

    decides_since: date | None = None
    """For one that decides: the first day it decides; leave it out until then."""

    decides_until: date | None = None
    """The first day it no longer decides."""

    topics: tuple[str, ...] = ()
    """The topics of its PEPs; one that decides and has no topics decides on all PEPs."""

    also_topics: tuple[str, ...] = ()
    """Topics that a PEP must have too, all of them, besides one of `topics`."""

    not_topics: tuple[str, ...] = ()
    """Topics of PEPs that are never its own, whatever their other topics."""

    title_words: tuple[Annotated[str, Field(min_length=2)], ...] = ()
    """Words in a title that show that a PEP concerns it, if no topic does."""

    numbers: NumberSet = frozenset()
    """PEPs it always decides on, whoever decides on the others."""

    elected_by: str = ""
    """Who votes on PEPs about its elections, if not the core team; their titles name it."""

    reason: Annotated[str, Field(min_length=1)]
    """Why it has this part."""

    ends_when: str = ""
    """When this is no longer needed."""

    source: HttpsUrl
    """The public record of it."""

    tracker: HttpsUrl | None = None
    """The form in which it is asked."""

    records: HttpsUrl | None = None
    """How the addresses of its published resolutions begin."""

    form: dict[str, str] = Field(default_factory=dict)
    """What is filled in there: names and values, with the PEP's `{number}` and `{title}`."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError("`until` has to be later than `since`")
        if self.decides_since is None:
            if self.decides_until is not None:
                raise ValueError("`decides_until` needs a `decides_since`")
        elif self.part is not BodyRole.DECIDES:
            raise ValueError("only a body whose part is `decides` has a `decides_since`")
        elif self.decides_until is not None and self.decides_until <= self.decides_since:
            raise ValueError("`decides_until` has to be later than `decides_since`")
        return self

    def exists_on(self, day: date) -> bool:
        """Whether the body exists on a date."""
        return self.since <= day and (self.until is None or day < self.until)

    def decides_on(self, day: date) -> bool:
        """Whether it decides, on a date, on the PEPs that it is responsible for."""
        return (
            self.exists_on(day)
            and self.decides_since is not None
            and self.decides_since <= day
            and (self.decides_until is None or day < self.decides_until)
        )

    def may_be_delegate(self, topics: Collection[str], day: date) -> bool:
        """Whether `PEP-Delegate` may name it: on that date it decides on a topic of the PEP."""
        return bool(set(topics) & set(self.topics)) and self.decides_on(day)


class Appointment(PolicyTable):
    """A person in an office, with dates and source (PEP 1 asks for public records)."""

    name: PersonName
    """The person's name as headers write it."""

    login: Account
    """The person's account."""

    since: date
    """The first day in office."""

    until: date | None = None
    """The first day out of office; leave it out while the person is in office."""

    scope: str = ""
    """What the office covers, if there are several of its kind."""

    reason: str = ""
    """Why the person holds it."""

    ends_when: str = ""
    """When the office is no longer needed."""

    source: Annotated[str, Field(min_length=1)]
    """The public record of it."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError("`until` has to be later than `since`")
        return self

    def is_in_office_on(self, day: date) -> bool:
        """Whether the person is in office on a date."""
        return self.since <= day and (self.until is None or day < self.until)


class Source(PolicyTable):
    """A public file that people and bodies of the policy were taken from."""

    repository: Repository
    """Its repository."""

    path: FilePath
    """Its path there."""

    as_of: date
    """The day as of which the policy agrees with it. Once a day the bot checks whether the file has
    changed since; if so, the queue lists it until you give a later day here."""

    @property
    def history(self) -> str:
        """The page with the file's commits."""
        return f"https://github.com/{self.repository}/commits/HEAD/{self.path}"


class GroupStatus(StrEnum):
    """Whether a work group is active."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DISSOLVED = "dissolved"


class WorkGroup(PolicyTable):
    """A work group, with its contact and the PEPs that it may be interested in."""

    name: PersonName
    """Its name, as it follows "the"."""

    status: GroupStatus
    """`active`, `inactive` or `dissolved`; only an active one is ever suggested."""

    formed: Annotated[str, Field(min_length=4)]
    """When it was formed, as far as known."""

    ended: str = ""
    """When it was dissolved."""

    contact: str = ""
    """How to reach it, without `@`."""

    url: HttpsUrl | None = None
    """Its page."""

    concerns: str = ""
    """What it is responsible for."""

    helps_authors: str = ""
    """How it helps the author of a PEP that concerns it, as it stands after its name. The author is
    told then, not the editors."""

    title_words: tuple[Annotated[str, Field(min_length=2)], ...] = ()
    """Words in the titles of PEPs that concern it; none if no PEP does."""

    topics: tuple[str, ...] = ()
    """The PEP has to have one of these topics as well."""

    not_topics: tuple[str, ...] = ()
    """Topics of PEPs whose titles use these words for something else."""

    source: HttpsUrl
    """The public record of it."""

    @model_validator(mode="after")
    def _is_reachable_if_suggested(self) -> Self:
        if self.title_words and self.status is not GroupStatus.ACTIVE:
            raise ValueError("only an active group has `title_words`")
        if self.helps_authors and not self.title_words:
            raise ValueError("a group with `helps_authors` has `title_words` as well")
        if self.title_words and not self.contact and self.url is None:
            raise ValueError("a group with `title_words` has a `contact` or a `url`")
        return self


def groups_for_pep(
    groups: Iterable[WorkGroup], topics: Collection[str], title: str
) -> tuple[WorkGroup, ...]:
    """The active work groups that may be interested in a PEP of these topics and this title."""
    pep_topics = set(topics)
    return tuple(
        group
        for group in groups
        if group.status is GroupStatus.ACTIVE
        and (not group.topics or pep_topics & set(group.topics))
        and not pep_topics & set(group.not_topics)
        and contains_any(title, group.title_words)
    )


def contains_any(title: str, words: Collection[str]) -> bool:
    """Whether the title contains one of the words, as a whole word and in any case.

    A full stop or a slash separates words, a hyphen does not: `ssl.MemoryBIO` contains `ssl`, and
    `C-API` is one word.

    Args:
        title: A PEP's title; takes time proportional to its length.
        words: Words or phrases.
    """
    spaced = _spaced(title)
    return any(_spaced(word) in spaced for word in words)


def _spaced(text: str) -> str:
    letters = text.casefold()
    plain = "".join(one if one.isalnum() or one == "-" else " " for one in letters)
    return f" {' '.join(plain.split())} "
