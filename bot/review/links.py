"""The links an author needs next. Every part that comes from outside is quoted."""

from urllib.parse import quote, urlencode

from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble
from bot.policy.bodies import Body
from bot.policy.model import Links

SUBMITTING = "https://peps.python.org/pep-0001/#submitting-a-pep"

_NEW_TOPIC = "https://discuss.python.org/new-topic"
_LONGEST_TITLE = 200
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
    title = f"PEP {number}: {(preamble.title or '')[:_LONGEST_TITLE]}"
    query = {"category": category(preamble).lower(), "title": title}
    return f"{_NEW_TOPIC}?{urlencode(query, quote_via=quote)}"


def prefilled(body: Body, preamble: Preamble) -> str | None:
    """A body's form with what the policy says filled in for this PEP; None if it has none."""
    number, title = preamble.number, preamble.title
    if body.tracker is None or number is None or not title:
        return None
    # Number before title: a title that holds `{number}` is not filled in itself.
    query = {
        name: value.replace("{number}", str(number)).replace("{title}", title[:_LONGEST_TITLE])
        for name, value in body.form.items()
    }
    return f"{body.tracker}?{urlencode(query, quote_via=quote)}" if query else body.tracker


def _filled(template: str, pull_request: int, number: str) -> str | None:
    if not template:
        return None
    return template.format(number=quote(number, safe=""), pr=pull_request)
