"""What is read of each kind of event, beside what all may have (`bot.handlers.payload`)."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

from bot.commands.text import Place, Text
from bot.handlers.payload import Event, Id, Maybe, Model, Nested, RepositoryPart, at, full_name_of
from bot.inbox.delivery import Delivery
from bot.peps.number import PepNumber, number_in_path
from bot.review.desired import command_of_button

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class ReviewJob(Event):
    """A review that the bot queued itself, perhaps because events were lost."""


class PullRequestEvent(Event):
    """`pull_request`."""

    part = "pull_request"


class ReviewEvent(Event):
    """`pull_request_review`."""

    part, place = "review", Place.REVIEW


class ReviewCommentEvent(Event):
    """`pull_request_review_comment`."""

    part, place = "comment", Place.REVIEW_COMMENT


class CommentEvent(Event):
    """`issue_comment`."""

    part, place = "comment", Place.COMMENT


class IssueEvent(Event):
    """`issues`."""

    part = "issue"
    issue_json: Any = Field(default=None, validation_alias="issue")
    """The issue as GitHub's lists have it, too."""

    @property
    def is_new(self) -> bool:
        """Whether the issue was opened."""
        return self.action == "opened"

    @property
    def is_removal(self) -> bool:
        """Whether the issue was deleted, or moved to another repository."""
        return self.action in ("deleted", "transferred")


class CheckRunEvent(Event):
    """`check_run`."""

    check_run: Maybe[Id] = at("check_run", "id")
    external_id: Maybe[str] = at("check_run", "external_id")
    url: Maybe[str] = at("check_run", "html_url")
    button: Maybe[str] = at("requested_action", "identifier")
    name: Maybe[str] = at("check_run", "name")
    head_sha: Maybe[str] = at("check_run", "head_sha")
    conclusion: Maybe[str] = at("check_run", "conclusion")

    @property
    def made_for(self) -> int | None:
        """The number of the pull request that the bot made it for; None if it made it for none.

        A check run's `pull_requests` is empty for forks, so its `external_id` names the subject.
        """
        # The repository may have been called otherwise when the check run was made.
        name, _, number = (self.external_id or "").rpartition("#")
        is_ours = full_name_of(name) is not None and _NUMBER.fullmatch(number)
        return int(number) if is_ours else None

    @property
    def has_result(self) -> bool:
        """Whether it says how a check on a commit ended."""
        return bool(self.name and self.check_run and self.conclusion and self.head_sha)

    @property
    def has_failed(self) -> bool:
        """Whether the check failed; what was cancelled or skipped did not."""
        return self.conclusion in ("failure", "timed_out", "startup_failure")

    @property
    def all_text(self) -> str:
        """The command of the button that somebody pressed; empty if it is none of ours."""
        command = command_of_button(self.button or "")
        return "" if command is None else f"/pep {command}"

    def new_text(self, delivery: Delivery) -> Text | None:
        """The command of the button as a text."""
        if not self.all_text or self.sender is None or self.check_run is None:
            return None
        return Text(
            node_id=f"button:{delivery.id}",
            place=Place.BUTTON,
            id=self.check_run,
            author=self.sender,
            sender=self.sender,
            body=self.all_text,
            url=self.url or "",
            at=delivery.received_at,
            by_program=self.sender_is_bot,
            account=self.sender_account,
            sender_account=self.sender_account,
        )


class CheckSuiteEvent(Event):
    """`check_suite`."""

    head_sha: Maybe[str] = at("check_suite", "head_sha")


class _Commit(Model):
    added: Maybe[list[Maybe[str]]]
    modified: Maybe[list[Maybe[str]]]


class PushEvent(Event):
    """`push`."""

    ref: Maybe[str]
    after: Maybe[str]
    url: Maybe[str] = at("head_commit", "url")
    seconds: Maybe[Annotated[int, Field(ge=0, lt=2**33)]] = at("repository", "pushed_at")
    commits: Maybe[list[Nested[_Commit]]]

    @property
    def default_branch(self) -> str | None:
        """The default branch, if this is a push to it."""
        branch = self.repository.default_branch
        return branch if branch is not None and self.ref == f"refs/heads/{branch}" else None

    @property
    def pushed_at(self) -> datetime | None:
        """When it was pushed; pushes tell that in seconds since 1970."""
        return None if self.seconds is None else datetime.fromtimestamp(self.seconds, UTC)

    @property
    def added_peps(self) -> frozenset[PepNumber]:
        """The PEPs whose files its commits add, as far as GitHub lists them."""
        return _peps_in(path for commit in self.commits or () for path in commit.added or ())

    @property
    def peps(self) -> frozenset[PepNumber]:
        """The PEPs that its commits add or modify, as far as GitHub lists them."""
        return self.added_peps | _peps_in(
            path for commit in self.commits or () for path in commit.modified or ()
        )


def _peps_in(paths: Iterable[str | None]) -> frozenset[PepNumber]:
    numbers = (number_in_path(path) for path in paths if path is not None)
    return frozenset(number for number in numbers if number is not None)


class RepositoryEvent(Event):
    """`repository`."""

    name_before: Maybe[str] = at("changes", "repository", "name", "from")
    organization_before: Maybe[str] = at("changes", "owner", "from", "organization", "login")
    user_before: Maybe[str] = at("changes", "owner", "from", "user", "login")

    @property
    def former_name(self) -> str | None:
        """The full name that the repository had before this event renamed or transferred it."""
        if self.repository.full_name is None:
            return None
        owner, _, name = self.repository.full_name.partition("/")
        owner = self.organization_before or self.user_before or owner
        former = f"{owner}/{self.name_before or name}"
        return None if former == self.repository.full_name else full_name_of(former)


class InstallationEvent(Event):
    """`installation` and `installation_repositories`."""

    repositories: Maybe[list[Nested[RepositoryPart]]]
    repositories_added: Maybe[list[Nested[RepositoryPart]]]
    repositories_removed: Maybe[list[Nested[RepositoryPart]]]


def names_in(repositories: Sequence[RepositoryPart] | None) -> dict[str, int | None]:
    """The well-formed names in a list of repositories, each with its id if there is one."""
    return {one.full_name: one.id for one in repositories or () if one.full_name is not None}
