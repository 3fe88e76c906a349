"""Reading webhook payloads: typed, tolerant of what is missing, trusting nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.review.subject import Repository, Subject

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Remark:
    """A text somebody wrote or changed on a pull request.

    Attributes:
        node_id: GitHub's global id of the comment or review.
        author: Whose text it is.
        sender: Who wrote or changed it now.
        body: The text.
        url: Where it can be read.
        at: When it was written or changed last.
        by_program: Whether a program wrote it in its author's name.
    """

    node_id: str
    author: str
    sender: str
    body: str
    url: str
    at: datetime
    by_program: bool = False


def repository_name(payload: Payload) -> str | None:
    """`owner/name`, or None without a (well-formed) repository."""
    name = _dict(payload, "repository").get("full_name")
    try:
        return Repository(name, 0).full_name if isinstance(name, str) else None
    except ValueError:
        return None


def installation_id(payload: Payload) -> int | None:
    """The installation that sent it; repository hooks send none."""
    return _id(_dict(payload, "installation").get("id"))


def pull_request_number(payload: Payload) -> int | None:
    """The pull request it concerns, whichever way the event names it."""
    issue = _dict(payload, "issue")
    if issue and not issue.get("pull_request"):
        return None
    for source in (_dict(payload, "pull_request"), issue, payload):
        if number := _id(source.get("number")):
            return number
    return None


def subject_key(payload: Payload) -> str | None:
    """The queue of the pull request concerned."""
    name, number = repository_name(payload), pull_request_number(payload)
    return Subject(Repository(name, 0), number).key if name and number else None


def concerned(payload: Payload) -> str | None:
    """The pull request it is about, else the repository, for the log; None without either."""
    name = repository_name(payload)
    return subject_key(payload) or (name.lower() if name else None)


def sender_is_bot(payload: Payload) -> bool:
    """Whether an app did it: apps neither consent nor instruct, and our own acts are no news."""
    return _dict(payload, "sender").get("type") == "Bot"


def updated_at(payload: Payload) -> datetime | None:
    """When the pull request was changed last, as the event says."""
    return instant(_dict(payload, "pull_request").get("updated_at"))


def remark(payload: Payload) -> Remark | None:
    """The comment or review that an event is about."""
    source = _dict(payload, "comment") or _dict(payload, "review")
    at = instant(source.get("updated_at") or source.get("submitted_at"))
    node_id, url = source.get("node_id"), source.get("html_url")
    author = _dict(source, "user").get("login")
    sender = _dict(payload, "sender").get("login")
    if not (
        at
        and isinstance(node_id, str)
        and isinstance(url, str)
        and isinstance(author, str)
        and isinstance(sender, str)
    ):
        return None
    body = source.get("body")
    by_program = bool(source.get("performed_via_github_app"))
    text = body if isinstance(body, str) else ""
    return Remark(node_id, author, sender, text, url, at, by_program)


def label_set(payload: Payload) -> tuple[str, str] | None:
    """The label an event is about, and who set it or took it off."""
    label, sender = _dict(payload, "label").get("name"), _dict(payload, "sender").get("login")
    return (label, sender) if isinstance(label, str) and isinstance(sender, str) else None


def external_id(payload: Payload) -> str | None:
    """What the check run that an event is about was made for, as whoever made it said."""
    value = _dict(payload, "check_run").get("external_id")
    return value if isinstance(value, str) else None


def suite_head(payload: Payload) -> str | None:
    """The commit of the check suite that an event is about."""
    head = _dict(payload, "check_suite").get("head_sha")
    return head if isinstance(head, str) and head else None


def pushed_default_branch(payload: Payload) -> str | None:
    """The repository's default branch if a push went to it."""
    default = _dict(payload, "repository").get("default_branch")
    if not isinstance(default, str) or payload.get("ref") != f"refs/heads/{default}":
        return None
    return default


def repository_names(repositories: object) -> list[str]:
    """The well-formed names in a list of repositories, as installation events have them."""
    entries = repositories if isinstance(repositories, list) else []
    return [name for entry in entries if (name := repository_name({"repository": entry}))]


def instant(value: object) -> datetime | None:
    """GitHub's time stamps; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _id(value: object) -> int | None:
    # JSON's true is an int to Python, and an int to JSON may be larger than any database takes.
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value < 2**63 else None


def _dict(payload: Payload, key: str) -> Payload:
    value = payload.get(key)
    return value if isinstance(value, dict) else {}
