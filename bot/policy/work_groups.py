"""Work groups that a PEP may interest: where they are, and what concerns them.

Nobody has to ask them, and they decide on nothing; so a wrong hint costs more than a missing one.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.policy.fields import HttpsUrl, PersonName, Strict


class GroupStatus(StrEnum):
    """Whether a group is at work."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DISSOLVED = "dissolved"


class WorkGroup(Strict):
    """A work group, with its contact and what concerns it."""

    name: PersonName
    """Its name, as it stands after "the"."""

    status: GroupStatus
    """`active`, `inactive` or `dissolved`; only an active one is ever suggested."""

    formed: Annotated[str, Field(min_length=4)]
    """When it was formed, as far as that is on record."""

    ended: str = ""
    """When it was dissolved."""

    contact: str = ""
    """Where it is reached, without `@`."""

    url: HttpsUrl | None = None
    """Its page."""

    concerns: str = ""
    """What it is there for."""

    title_words: tuple[Annotated[str, Field(min_length=2)], ...] = ()
    """Words in the title of a PEP that concerns it; none for a group no PEP concerns."""

    topics: tuple[str, ...] = ()
    """The PEP has to have one of these topics as well."""

    not_topics: tuple[str, ...] = ()
    """Topics of PEPs whose titles use the words for something else."""

    source: HttpsUrl
    """Where it can be read up."""

    @model_validator(mode="after")
    def _is_reachable_if_suggested(self) -> Self:
        if self.title_words and self.status is not GroupStatus.ACTIVE:
            raise ValueError("only an active group has `title_words`")
        if self.title_words and not self.contact and self.url is None:
            raise ValueError("a group with `title_words` has a `contact` or a `url`")
        return self


def concerned_groups(
    groups: Iterable[WorkGroup], topics: Collection[str], title: str
) -> tuple[WorkGroup, ...]:
    """The active groups that a PEP of these topics and this title may interest."""
    wanted = set(topics)
    return tuple(
        group
        for group in groups
        if group.status is GroupStatus.ACTIVE
        and (not group.topics or wanted & set(group.topics))
        and not wanted & set(group.not_topics)
        and names_one(title, group.title_words)
    )


def names_one(title: str, words: Collection[str]) -> bool:
    """Whether one of the words stands in the title, whole and in any case.

    A full stop or a slash parts words, a hyphen does not: `ssl.MemoryBIO` has `ssl`, and `C-API`
    is one word.

    Args:
        title: A PEP's title; whatever it is, it is read in time proportional to it.
        words: Words, or several in a row.
    """
    spaced = _spaced(title)
    return any(_spaced(word) in spaced for word in words)


def _spaced(text: str) -> str:
    letters = text.casefold()
    plain = "".join(one if one.isalnum() or one == "-" else " " for one in letters)
    return f" {' '.join(plain.split())} "
