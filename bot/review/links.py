"""The links an author needs next. Every part that comes from outside is quoted."""

from urllib.parse import quote, urlencode

from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble
from bot.policy.model import Links

SUBMITTING = "https://peps.python.org/pep-0001/#submitting-a-pep"

_NEW_TOPIC = "https://discuss.python.org/new-topic"
_CATEGORIES = ("Packaging", "Typing")


def file_number(path: str) -> str:
    """The `NNNN` of a PEP's file name, or what stands in its place."""
    return path.rpartition("/")[2].removeprefix("pep-").removesuffix(".rst")


def preview(links: Links, pull_request: int, path: str) -> str | None:
    """Where the pull request's PEP is rendered."""
    return _filled(links.preview, pull_request, file_number(path))


def published(links: Links, pull_request: int, number: PepNumber) -> str | None:
    """Where the PEP is shown once it is merged."""
    return _filled(links.published, pull_request, f"{number:04}")


def category(preamble: Preamble) -> str:
    """The category of discuss.python.org a PEP is discussed in."""
    return next((topic for topic in preamble.topics if topic in _CATEGORIES), "PEPs")


def discussion_thread(number: PepNumber, preamble: Preamble) -> str:
    """Discourse's form for a new topic, with category and title filled in."""
    title = f"PEP {number}: {(preamble.title or '')[:200]}"
    query = {"category": category(preamble).lower(), "title": title}
    return f"{_NEW_TOPIC}?{urlencode(query, quote_via=quote)}"


def _filled(template: str, pull_request: int, number: str) -> str | None:
    if not template:
        return None
    return template.format(number=quote(number, safe=""), pr=pull_request)
