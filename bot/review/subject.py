"""What a review is about: one pull request of one repository."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")


@dataclass(frozen=True, slots=True, order=True)
class Repository:
    """A repository's full name, and the app's installation that reaches it.

    `full_name` is checked to be `owner/name`, since it becomes part of URLs.
    """

    full_name: str
    installation: int

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.full_name) or ".." in self.full_name:
            raise ValueError(f"{self.full_name!r} is not the full name of a repository")


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One pull request."""

    repository: Repository
    number: int

    @property
    def key(self) -> str:
        """`owner/name#12`: the key of its job queue and of what is remembered about it.

        Lower case, because GitHub's names ignore case.
        """
        return f"{self.repository.full_name}#{self.number}".lower()

    @property
    def external_id(self) -> str:
        """`owner/name#12` as it is in the check run's `external_id`."""
        return f"{self.repository.full_name}#{self.number}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The latest result of another program's check on a commit.

    Attributes:
        name: The check's name.
        run: GitHub's id of the check run; a later run has a greater one.
        url: Its page, with its log.
        failed: Whether it failed; what was cancelled or skipped did not.
    """

    name: str
    run: int
    url: str
    failed: bool
