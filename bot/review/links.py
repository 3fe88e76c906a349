"""The links an author needs next. Every part that comes from outside is quoted."""

from urllib.parse import quote, urlencode

from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble
from bot.policy.model import Links

SUBMITTING = "https://peps.python.org/pep-0001/#submitting-a-pep"
REVIEW_AND_RESOLUTION = "https://peps.python.org/pep-0001/#pep-review-resolution"

_NEW_TOPIC = "https://discuss.python.org/new-topic"
_CATEGORIES = {"Packaging": "packaging", "Typing": "typing"}


def preview(links: Links, pull_request: int, file_number: str) -> str | None:
    """Where the pull request's PEP is rendered; `file_number` is the `NNNN` of its file name."""
    return _filled(links.preview, pull_request, file_number)


def published(links: Links, pull_request: int, file_number: str) -> str | None:
    """Where the PEP is shown once it is merged."""
    return _filled(links.published, pull_request, file_number)


def _filled(template: str, pull_request: int, file_number: str) -> str | None:
    if not template:
        return None
    return template.format(number=quote(file_number, safe=""), pr=pull_request)


def discussion_thread(number: PepNumber | None, preamble: Preamble) -> str:
    """Discourse's form for a new topic, with category and title filled in."""
    category = next(
        (_CATEGORIES[topic] for topic in preamble.topics if topic in _CATEGORIES), "peps"
    )
    title = f"PEP {number}: {(preamble.title or '')[:200]}"
    return f"{_NEW_TOPIC}?{urlencode({'category': category, 'title': title}, quote_via=quote)}"
