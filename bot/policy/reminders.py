"""What a repository wants to be reminded of after a merge, and where it is told."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.policy.fields import Strict


class Telling(StrEnum):
    """Where something left to do is told."""

    OFF = "off"
    DIGEST = "digest"
    COMMENT = "comment"


class Reminders(Strict):
    """What is watched after a merge, and where it is told.

    Each is `off`, told in the queue alone (`digest`), or beside that told once to the author, in a
    comment on the merged pull request (`comment`).
    """

    thread_missing: Telling = Telling.COMMENT
    """A week after the merge `Discussions-To` is still missing or `Pending`."""

    not_final: Telling = Telling.DIGEST
    """An Accepted PEP whose `Python-Version` is in beta, or released."""

    no_canonical_link: Telling = Telling.DIGEST
    """A PEP became Final and does not link its documentation."""

    decision_unrecorded: Telling = Telling.DIGEST
    """The issue that submitted a PEP is closed and the PEP is still a Draft."""

    quiet: Telling = Telling.DIGEST
    """A Draft on which nobody works; never told in a comment."""

    quiet_days: Annotated[int, Field(ge=30, le=10_000)] = 365
    """After how many days without a change a Draft counts as one on which nobody works."""

    def telling(self, kind: str) -> Telling:
        """Where a kind of follow-up is told, by its name such as `thread-missing`."""
        told: Telling = getattr(self, kind.replace("-", "_"))
        return told

    @model_validator(mode="after")
    def _does_not_press_authors(self) -> Self:
        if self.quiet is Telling.COMMENT:
            raise ValueError("`quiet` can be `off` or `digest`: nobody is pressed to go on")
        return self
