"""Reads fields of webhook payloads, typed, without trusting that they exist or are well-formed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.commands.text import Place, Text
from bot.peps.number import PepNumber, number_in_path
from bot.review.button_ids import command_of_button
from bot.review.subject import Repository, Subject

Payload = dict[str, Any]

_TEXTS: Mapping[str, tuple[str, Place]] = {
    "issues": ("issue", Place.DESCRIPTION),
    "pull_request": ("pull_request", Place.DESCRIPTION),
    "issue_comment": ("comment", Place.COMMENT),
    "pull_request_review": ("review", Place.REVIEW),
    "pull_request_review_comment": ("comment", Place.REVIEW_COMMENT),
}
"""Under which key each event has its text."""


def repository_name(payload: Payload) -> str | None:
    """`owner/name`, or None without a (well-formed) repository."""
    name = _dict(payload, "repository").get("full_name")
    try:
        return Repository(name, 0).full_name if isinstance(name, str) else None
    except ValueError:
        return None


def repository_id(payload: Payload) -> int | None:
    """GitHub's id of the repository, which a rename does not change; None in internal jobs."""
    return _id(_dict(payload, "repository").get("id"))


def former_name(payload: Payload) -> str | None:
    """The full name that the repository had before this event renamed or transferred it."""
    current_name, changes = repository_name(payload), _dict(payload, "changes")
    if current_name is None:
        return None
    owner, _, name = current_name.partition("/")
    old_name = _dict(_dict(changes, "repository"), "name").get("from")
    source = _dict(_dict(changes, "owner"), "from")
    old_owner = (_dict(source, "organization") or _dict(source, "user")).get("login")
    before = (
        old_owner if isinstance(old_owner, str) else owner,
        old_name if isinstance(old_name, str) else name,
    )
    if before == (owner, name):
        return None
    return repository_name({"repository": {"full_name": "/".join(before)}})


def is_private_repository(payload: Payload) -> bool:
    """Whether the payload says that the repository is not public."""
    return _dict(payload, "repository").get("private") is True


def installation_id(payload: Payload) -> int | None:
    """The installation that the event is for; repository hooks have none."""
    return _id(_dict(payload, "installation").get("id"))


def comment_id(payload: Payload) -> int | None:
    """The comment that an event is about."""
    return _id(_dict(payload, "comment").get("id"))


def subject_number(payload: Payload) -> int | None:
    """The number of the pull request or issue, wherever the event has it."""
    issue = _dict(payload, "issue")
    for source in (_dict(payload, "pull_request"), issue, payload):
        if number := _id(source.get("number")):
            return number
    return None


def subject_key(payload: Payload) -> str | None:
    """The key of the queue for the pull request or issue."""
    name, number = repository_name(payload), subject_number(payload)
    return Subject(Repository(name, 0), number).key if name and number else None


def log_subject(payload: Payload) -> str | None:
    """The pull request or else the repository, for the log; None without either."""
    name = repository_name(payload)
    return subject_key(payload) or (name.lower() if name else None)


def sender_is_bot(payload: Payload) -> bool:
    """Whether an app did it. Apps neither consent nor instruct, and we know our own acts."""
    return _dict(payload, "sender").get("type") == "Bot"


def updated_at(payload: Payload) -> datetime | None:
    """When the pull request was last changed, according to the event."""
    return parse_timestamp(_dict(payload, "pull_request").get("updated_at"))


def text_in(payload: Payload, event: str) -> Text | None:
    """The text that an event is about: a description, a comment, a review; None without one.

    If it was deleted, its body is None.
    """
    if event not in _TEXTS:
        return None
    key, place = _TEXTS[event]
    source = _dict(payload, key)
    thread = _dict(payload, "pull_request") or _dict(payload, "issue")
    at = parse_timestamp(source.get("updated_at") or source.get("submitted_at"))
    node_id, url = source.get("node_id"), source.get("html_url")
    author = _dict(source, "user").get("login")
    sender = _dict(payload, "sender").get("login")
    account = _id(_dict(source, "user").get("id"))
    sender_account = _id(_dict(payload, "sender").get("id"))
    number = _id(source.get("number" if place is Place.DESCRIPTION else "id"))
    if not (
        at
        and number
        and isinstance(node_id, str)
        and isinstance(url, str)
        and isinstance(author, str)
        and isinstance(sender, str)
    ):
        return None
    body = source.get("body")
    association = source.get("author_association")
    return Text(
        node_id=node_id,
        place=place,
        id=number,
        author=author,
        sender=sender,
        body=None if payload.get("action") == "deleted" else body if isinstance(body, str) else "",
        url=url,
        at=at,
        by_program=bool(source.get("performed_via_github_app"))
        or _dict(source, "user").get("type") == "Bot"
        or sender_is_bot(payload),
        locked=thread.get("locked") is True,
        association=association if isinstance(association, str) else "",
        before=_before(payload),
        account=account,
        sender_account=sender_account,
    )


def all_text(payload: Payload, event: str) -> str:
    """All text in an event: the present text (even if deleted) and the one before an edit."""
    key, _ = _TEXTS.get(event, ("", None))
    bodies = (_dict(payload, key).get("body"), _before(payload))
    return "\n".join(body for body in bodies if isinstance(body, str))


def _before(payload: Payload) -> str:
    before = _dict(_dict(payload, "changes"), "body").get("from")
    return before if isinstance(before, str) else ""


def changes_body(payload: Payload) -> bool:
    """Whether an edit changed the text, not only the title."""
    return "body" in _dict(payload, "changes")


def button(payload: Payload, delivery: str, received_at: datetime) -> Text | None:
    """The command of a check run's button that somebody pressed; None if there is none."""
    run = _dict(payload, "check_run")
    identifier = _dict(payload, "requested_action").get("identifier")
    login, number = _dict(payload, "sender").get("login"), _id(run.get("id"))
    account = _id(_dict(payload, "sender").get("id"))
    command = command_of_button(identifier) if isinstance(identifier, str) else None
    if command is None or not isinstance(login, str) or number is None:
        return None
    url = run.get("html_url")
    return Text(
        node_id=f"button:{delivery}",
        place=Place.BUTTON,
        id=number,
        author=login,
        sender=login,
        body=f"/pep {command}",
        url=url if isinstance(url, str) else "",
        at=received_at,
        by_program=sender_is_bot(payload),
        account=account,
        sender_account=account,
    )


def issue_title(payload: Payload) -> str:
    """The title of the issue an event is about."""
    title = _dict(payload, "issue").get("title")
    return title if isinstance(title, str) else ""


def issue_in(payload: Payload) -> Payload:
    """The issue an event is about; empty without one."""
    return _dict(payload, "issue")


def removes_issue(payload: Payload, event: str) -> bool:
    """Whether an event says that an issue was deleted or transferred."""
    return event == "issues" and payload.get("action") in ("deleted", "transferred")


def is_issue(payload: Payload) -> bool:
    """Whether an event is about an issue that is not a pull request."""
    return "issue" in payload and not _dict(payload, "issue").get("pull_request")


def label_and_sender(payload: Payload) -> tuple[str, str] | None:
    """The label an event is about, and who added or removed it."""
    label, sender = _dict(payload, "label").get("name"), _dict(payload, "sender").get("login")
    return (label, sender) if isinstance(label, str) and isinstance(sender, str) else None


def external_id(payload: Payload) -> str | None:
    """The `external_id` of the check run, which names what it was created for."""
    value = _dict(payload, "check_run").get("external_id")
    return value if isinstance(value, str) else None


def suite_head(payload: Payload) -> str | None:
    """The head commit of the check suite that an event is about."""
    head = _dict(payload, "check_suite").get("head_sha")
    return head if isinstance(head, str) and head else None


def default_branch(payload: Payload) -> str:
    """The repository's default branch, according to the event."""
    default = _dict(payload, "repository").get("default_branch")
    return default if isinstance(default, str) and default else "main"


def pushed_default_branch(payload: Payload) -> str | None:
    """The repository's default branch if the push went to it, else None."""
    default = _dict(payload, "repository").get("default_branch")
    if not isinstance(default, str) or payload.get("ref") != f"refs/heads/{default}":
        return None
    return default


def pushed_peps(payload: Payload) -> frozenset[PepNumber]:
    """The PEPs that the commits of a push add or modify, as far as GitHub lists them."""
    commits = payload.get("commits")
    return frozenset(
        number
        for commit in (commits if isinstance(commits, list) else [])
        if isinstance(commit, dict)
        for key in ("added", "modified")
        if isinstance(paths := commit.get(key), list)
        for path in paths
        if isinstance(path, str) and (number := number_in_path(path)) is not None
    )


def repository_names(repositories: object) -> dict[str, int | None]:
    """The well-formed names in the list of repositories of an installation event.

    Each has the repository's id, or None if that is missing.
    """
    entries = repositories if isinstance(repositories, list) else []
    return {
        name: repository_id({"repository": entry})
        for entry in entries
        if (name := repository_name({"repository": entry}))
    }


def parse_timestamp(value: object) -> datetime | None:
    """The time of a GitHub timestamp; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _id(value: object) -> int | None:
    # JSON's `true` is an int in Python, and a JSON number may be too large for a database.
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value < 2**63 else None


def _dict(payload: Payload, key: str) -> Payload:
    value = payload.get(key)
    return value if isinstance(value, dict) else {}
