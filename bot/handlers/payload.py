"""Models of webhooks' payloads and of the bot's own jobs: only the fields that are read.

Anybody may cause events, and GitHub may change them, so a field that is missing or of another type
counts as empty: nothing but the whole payload not being a JSON object is an error.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainValidator,
    ValidationError,
)
from pydantic_core import CoreSchema, core_schema

from bot.commands.text import Place, Text
from bot.inbox.delivery import Delivery
from bot.peps.number import PepNumber, number_in_path
from bot.review.button_ids import command_of_button
from bot.review.subject import Repository, Subject

T = TypeVar("T")


def parse_timestamp(value: object) -> datetime:
    """The time of a GitHub timestamp.

    Raises:
        ValueError: It is none, or has no time zone.
    """
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError("not a timestamp")
    return moment


def full_name_of(text: str) -> str | None:
    """The text if it is the full name of a repository."""
    try:
        return Repository(text, 0).full_name
    except ValueError:
        return None


class _OrNone:
    """Has a field be None if its value is missing or of another type."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = core_schema.nullable_schema(handler(source))
        return core_schema.with_default_schema(schema, default=None, on_error="default")


Maybe = Annotated[T | None, _OrNone()]
_Id = Annotated[int, Field(gt=0, lt=2**63)]  # what a database can hold
_Moment = Annotated[datetime, PlainValidator(parse_timestamp)]
_FullName = Annotated[str, AfterValidator(lambda name: Repository(name, 0).full_name)]
_IsThere = Annotated[bool, BeforeValidator(bool)]


def _at(*path: str) -> Any:
    """A field that is found at a path in the payload."""
    return Field(default=None, validation_alias=AliasPath(*path))


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, defer_build=True)


class _OrEmpty:
    """Has a part have empty fields only if it is missing or not an object."""

    def __get_pydantic_core_schema__(
        self, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        empty = cache(lambda: source.model_validate({}))
        return core_schema.with_default_schema(
            handler(source), default_factory=empty, on_error="default"
        )


Part = Annotated[T, _OrEmpty()]


class RepositoryPart(_Model):
    """A repository; its id stays when it is renamed, and the bot's own jobs do not have it."""

    full_name: Maybe[_FullName]
    id: Maybe[_Id]
    private: Maybe[bool]
    default_branch: Maybe[str]


class _Written(_Model):
    """A pull request, an issue, a comment or a review."""

    node_id: Maybe[str]
    id: Maybe[_Id]
    number: Maybe[_Id]
    html_url: Maybe[str]
    author: Maybe[str] = _at("user", "login")
    account: Maybe[_Id] = _at("user", "id")
    author_type: Maybe[str] = _at("user", "type")
    title: Maybe[str]
    body: Maybe[str]
    updated_at: Maybe[_Moment]
    submitted_at: Maybe[_Moment]
    author_association: Maybe[str]
    performed_via_github_app: _IsThere = False
    locked: Maybe[bool]
    pull_request: _IsThere = False  # whether an issue is a pull request


class Event(_Model):
    """What events may have, on pull requests and issues above all; what one lacks is empty."""

    part: ClassVar[str] = ""
    """Which part has the text that the event is about; empty if it is about none."""
    place: ClassVar[Place] = Place.DESCRIPTION
    """The kind of that part."""

    action: Maybe[str]
    repository: Part[RepositoryPart]
    installation: Maybe[_Id] = _at("installation", "id")
    sender: Maybe[str] = _at("sender", "login")
    sender_account: Maybe[_Id] = _at("sender", "id")
    sender_type: Maybe[str] = _at("sender", "type")
    number: Maybe[_Id]
    pull_request: Part[_Written]
    issue: Part[_Written]
    comment: Part[_Written]
    review: Part[_Written]
    label: Maybe[str] = _at("label", "name")
    body_before: Maybe[str] = _at("changes", "body", "from")

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The event in a payload.

        Raises:
            ValueError: It is not a JSON object.
            RecursionError: It is nested too deeply.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError:
            # Python's parser accepts more, such as half a surrogate pair in some text.
            return cls.model_validate(json.loads(body))

    @property
    def subject_key(self) -> str | None:
        """The key of the queue for the pull request or issue."""
        name = self.repository.full_name
        number = self.pull_request.number or self.issue.number or self.number
        return Subject(Repository(name, 0), number).key if name and number else None

    @property
    def log_subject(self) -> str | None:
        """The pull request or else the repository, for the log; None without either."""
        name = self.repository.full_name
        return self.subject_key or (name.lower() if name else None)

    @property
    def former_name(self) -> str | None:
        """The full name that the repository had before this event renamed or transferred it."""
        return None

    @property
    def sender_is_bot(self) -> bool:
        """Whether an app did it. Apps neither consent nor instruct, and we know our own acts."""
        return self.sender_type == "Bot"

    @property
    def is_issue(self) -> bool:
        """Whether it is about an issue that is not a pull request."""
        return "issue" in self.model_fields_set and not self.issue.pull_request

    @property
    def is_conversation(self) -> bool:
        """Whether somebody commented or reviewed."""
        return self.part in ("comment", "review")

    @property
    def is_dismissal(self) -> bool:
        """Whether a review was dismissed."""
        return self.action == "dismissed"

    @property
    def is_edited_review(self) -> bool:
        """Whether the text of a review was edited."""
        return self.part == "review" and self.action == "edited"

    @property
    def is_new_comment(self) -> bool:
        """Whether a comment was added to the conversation itself, not to lines of code."""
        return self.place is Place.COMMENT and self.action == "created"

    @property
    def deleted_comment(self) -> int | None:
        """The id of the comment that was deleted from the conversation."""
        is_deleted = self.place is Place.COMMENT and self.action == "deleted"
        return self.comment.id if is_deleted else None

    @property
    def label_change(self) -> tuple[str, bool] | None:
        """The label that was added or removed, and whether it was added."""
        if self.label is None or self.action not in ("labeled", "unlabeled"):
            return None
        return self.label, self.action == "labeled"

    @property
    def all_text(self) -> str:
        """All text it is about: the present text (even if deleted) and the one before an edit."""
        written: _Written | None = getattr(self, self.part, None)
        return "" if written is None else f"{written.body or ''}\n{self.body_before or ''}"

    @property
    def may_have_commands(self) -> bool:
        """Whether a text has commands, or may have had some before it was edited."""
        return "/pep" in self.all_text

    @property
    def present_text(self) -> Text | None:
        """The text it is about as it is now; its body is None if it was deleted."""
        written: _Written | None = getattr(self, self.part, None)
        if written is None:
            return None
        at = written.updated_at or written.submitted_at
        number = written.number if self.place is Place.DESCRIPTION else written.id
        if not at or not number or written.node_id is None or written.html_url is None:
            return None
        if written.author is None or self.sender is None:
            return None
        return Text(
            node_id=written.node_id,
            place=self.place,
            id=number,
            author=written.author,
            sender=self.sender,
            body=None if self.action == "deleted" else written.body or "",
            url=written.html_url,
            at=at,
            by_program=written.performed_via_github_app
            or written.author_type == "Bot"
            or self.sender_is_bot,
            locked=(self.pull_request.locked or self.issue.locked) is True,
            association=written.author_association or "",
            before=self.body_before or "",
            account=written.account,
            sender_account=self.sender_account,
        )

    def new_text(self, _delivery: Delivery) -> Text | None:
        """The text that was written, edited or deleted, or the button that was pressed."""
        # Closing an issue or dismissing a review writes no text, although the event contains one.
        is_edit = self.action == "edited" and self.body_before is not None
        is_new = self.action in ("opened", "created", "submitted", "deleted")
        return self.present_text if is_edit or is_new else None


class ReviewJob(Event):
    """A review that the bot gave itself, perhaps since events were lost."""


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

    check_run: Maybe[_Id] = _at("check_run", "id")
    external_id: Maybe[str] = _at("check_run", "external_id")
    url: Maybe[str] = _at("check_run", "html_url")
    button: Maybe[str] = _at("requested_action", "identifier")

    def new_text(self, delivery: Delivery) -> Text | None:
        """The command of the button that somebody pressed; None if it is none of ours."""
        command = command_of_button(self.button or "")
        if command is None or self.sender is None or self.check_run is None:
            return None
        return Text(
            node_id=f"button:{delivery.id}",
            place=Place.BUTTON,
            id=self.check_run,
            author=self.sender,
            sender=self.sender,
            body=f"/pep {command}",
            url=self.url or "",
            at=delivery.received_at,
            by_program=self.sender_is_bot,
            account=self.sender_account,
            sender_account=self.sender_account,
        )


class CheckSuiteEvent(Event):
    """`check_suite`."""

    head_sha: Maybe[str] = _at("check_suite", "head_sha")


class _Commit(_Model):
    added: Maybe[list[Maybe[str]]]
    modified: Maybe[list[Maybe[str]]]


class PushEvent(Event):
    """`push`."""

    ref: Maybe[str]
    commits: Maybe[list[Part[_Commit]]]

    @property
    def default_branch(self) -> str | None:
        """The default branch, if this is a push to it."""
        branch = self.repository.default_branch
        return branch if branch is not None and self.ref == f"refs/heads/{branch}" else None

    @property
    def peps(self) -> frozenset[PepNumber]:
        """The PEPs that its commits add or modify, as far as GitHub lists them."""
        return frozenset(
            number
            for commit in self.commits or ()
            for path in (*(commit.added or ()), *(commit.modified or ()))
            if path is not None and (number := number_in_path(path)) is not None
        )


class RepositoryEvent(Event):
    """`repository`."""

    name_before: Maybe[str] = _at("changes", "repository", "name", "from")
    organization_before: Maybe[str] = _at("changes", "owner", "from", "organization", "login")
    user_before: Maybe[str] = _at("changes", "owner", "from", "user", "login")

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

    repositories: Maybe[list[Part[RepositoryPart]]]
    repositories_added: Maybe[list[Part[RepositoryPart]]]
    repositories_removed: Maybe[list[Part[RepositoryPart]]]


def names_in(repositories: Sequence[RepositoryPart] | None) -> dict[str, int | None]:
    """The well-formed names in a list of repositories, each with its id if there is one."""
    return {one.full_name: one.id for one in repositories or () if one.full_name is not None}
