"""Looking into GitHub's answers without trusting their shape.

Answers are parsed JSON. The readers turn them into small types at once, through these functions, so
that a missing or odd field becomes None here instead of an exception far away.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.review.subject import Repository


def member(answer: object, *keys: str) -> object:
    """What stands under the keys, one inside the other; None where one is missing."""
    for key in keys:
        if not isinstance(answer, dict):
            return None
        answer = answer.get(key)
    return answer


def text_at(answer: object, *keys: str) -> str | None:
    """The text under the keys; None if there is none."""
    found = member(answer, *keys)
    return found if isinstance(found, str) else None


def number_at(answer: object, *keys: str) -> int | None:
    """The whole number under the keys; None if there is none."""
    found = member(answer, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def id_at(answer: object, *keys: str) -> int | None:
    """One of GitHub's ids under the keys; None if there is none, or none that a database takes."""
    found = number_at(answer, *keys)
    return found if found is not None and 0 < found < 2**63 else None


def truth_at(answer: object, *keys: str) -> bool:
    """Whether `true` stands under the keys."""
    return member(answer, *keys) is True


def moment_at(answer: object, *keys: str) -> datetime | None:
    """The moment under the keys (ISO 8601, as GitHub writes it), in UTC; None if there is none."""
    found = text_at(answer, *keys)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def items_at(answer: object, *keys: str) -> Sequence[object]:
    """The list under the keys; empty if there is none."""
    found = member(answer, *keys)
    return found if isinstance(found, list) else ()


def variables(repository: Repository, **others: str | int) -> dict[str, str | int]:
    """`owner` and `repo` for a template such as `/repos/{owner}/{repo}/pulls{?state}`, and others.

    Nothing from outside is ever pasted into a URL: the client expands and quotes the template.
    """
    owner, _, name = repository.full_name.partition("/")
    return {"owner": owner, "repo": name, **others}
