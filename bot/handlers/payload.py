"""The payloads of webhooks and internal jobs: only the fields that are read.

Anybody may cause events, and GitHub may change them, so a field that is missing or of another type
counts as empty: nothing but the whole payload not being a JSON object is an error.
"""

import json
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

from bot.commands.text import Place, Text, may_have_commands
from bot.inbox.delivery import Delivery
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


class _OrNone:
    """Has a field be None if its value is missing or of another type."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = core_schema.nullable_schema(handler(source))
        return core_schema.with_default_schema(schema, default=None, on_error="default")


Maybe = Annotated[T | None, _OrNone()]
"""A field that is None if its value is missing or of another type."""

Id = Annotated[int, Field(gt=0, lt=2**63)]
"""An id or number of GitHub, as far as a database can hold it."""

Moment = Annotated[datetime, PlainValidator(parse_timestamp)]

IsThere = Annotated[bool, BeforeValidator(bool)]
"""Whether there is anything."""


def at(*path: str) -> Any:
    """A field that is found at a path in the payload."""
    return Field(default=None, validation_alias=AliasPath(*path))


class Model(BaseModel):
    """Of the types of JSON, and built when it is first used, since not every process needs it."""

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


Nested = Annotated[T, _OrEmpty()]
"""A nested object, with empty fields if it is missing or not an object."""


def full_name_of(text: str) -> str | None:
    """The text if it is the full name of a repository."""
    try:
        return Repository(text, 0).full_name
    except ValueError:
        return None


_FullName = Annotated[str, AfterValidator(lambda name: Repository(name, 0).full_name)]


class RepositoryPart(Model):
    """A repository; a rename does not change its id, and internal jobs do not have one."""

    full_name: Maybe[_FullName]
    id: Maybe[Id]
    private: Maybe[bool]
    default_branch: Maybe[str]


class _Written(Model):
    """A pull request, an issue, a comment or a review."""

    node_id: Maybe[str]
    id: Maybe[Id]
    number: Maybe[Id]
    html_url: Maybe[str]
    author: Maybe[str] = at("user", "login")
    account: Maybe[Id] = at("user", "id")
    author_type: Maybe[str] = at("user", "type")
    title: Maybe[str]
    body: Maybe[str]
    updated_at: Maybe[Moment]
    submitted_at: Maybe[Moment]
    author_association: Maybe[str]
    performed_via_github_app: IsThere = False
    locked: Maybe[bool]
    pull_request: IsThere = False  # whether an issue is a pull request


class Event(Model):
    """What events may have, on pull requests and issues above all; what one lacks is empty."""

    part: ClassVar[str] = ""
    """Which part has the text that the event is about; empty if it is about none."""
    place: ClassVar[Place] = Place.DESCRIPTION
    """The kind of that part."""

    action: Maybe[str]
    repository: Nested[RepositoryPart]
    installation: Maybe[Id] = at("installation", "id")
    sender: Maybe[str] = at("sender", "login")
    sender_account: Maybe[Id] = at("sender", "id")
    sender_type: Maybe[str] = at("sender", "type")
    number: Maybe[Id]
    pull_request: Nested[_Written]
    issue: Nested[_Written]
    comment: Nested[_Written]
    review: Nested[_Written]
    label: Maybe[str] = at("label", "name")
    body_before: Maybe[str] = at("changes", "body", "from")

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
        return may_have_commands(self.all_text)

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
