"""Reads a pull request's title, description and comments; computes the title it should have."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from bot.peps.change import Change
from bot.peps.document import title_numbers
from bot.peps.number import PepNumber, number_in_path
from bot.peps.people import LOGIN, Login
from bot.policy.bodies import Body
from bot.rules.engine.context import Context

MAX_DESCRIPTION_LENGTH = 65_536
"""How many characters of a description are read; GitHub allows no more."""

_TRACKER = re.compile(r"https://github\.com/([\w.-]{1,100}/[\w.-]{1,100})/issues/new")


def without_comments(text: str) -> str:
    """The text without its HTML comments; an unclosed one extends to the end."""
    pieces = []
    rest = text
    while True:
        before, opening, rest = rest.partition("<!--")
        pieces.append(before)
        if not opening:
            return "".join(pieces)
        _, _, rest = rest.partition("-->")


_MAX_LENGTH_TOLD = 10_000
"""How far into a text mentions are looked for; there may be a hundred comments to read."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_INLINE_CODE = re.compile(r"`+[^`]*`+")
_MENTION = re.compile(rf"(?<![\w/`@.+-])@({LOGIN})(?![\w/-])")
_MAX_MENTIONS = 20
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_EMAILED = frozenset({"emailed", "e-mailed", "mailed"})
_SENT = frozenset({"sent", "wrote", "written"})
_EMAIL = frozenset({"email", "e-mail", "mail", "emails", "e-mails"})
_NOT_DONE = frozenset(
    re.findall(r"\w+", "not never cannot nobody will shall should could would can may please if")
)


def told_in(text: str) -> tuple[Login | None, ...]:
    """The accounts that a text mentions; None stands for an e-mail that it says was sent."""
    return (*mentioned_accounts(text), *([None] if says_email_was_sent(text) else ()))


def mentioned_accounts(text: str) -> tuple[Login, ...]:
    """The accounts that a text mentions, each once, the first twenty.

    Mentions in code, quotations and HTML comments do not count; GitHub notifies nobody of most of
    them. A team is no account.
    """
    found = (Login(one[1]) for line in _own_lines(text) for one in _MENTION.finditer(line))
    return tuple({login.casefold(): login for login in islice(found, _MAX_MENTIONS)}.values())


def says_email_was_sent(text: str) -> bool:
    """Whether a sentence of a text says that an e-mail was sent, as far as words tell."""
    return any(
        _tells_of_email([word[0].casefold() for word in _WORD.finditer(sentence)])
        for line in _own_lines(text)
        for sentence in re.split(r"[.!?]\s", line)
    )


def _tells_of_email(words: Sequence[str]) -> bool:
    sent = next((place for place, word in enumerate(words) if word in _EMAILED), None)
    if sent is None and not _EMAIL.isdisjoint(words):
        sent = next((place for place, word in enumerate(words) if word in _SENT), None)
    # "I have not e-mailed them" is no such sentence; "I e-mailed them and got no answer" is.
    return sent is not None and not any(
        word in _NOT_DONE or word.endswith(("n't", "n’t")) for word in words[:sent]
    )


def _own_lines(text: str) -> Iterator[str]:
    """The lines of a text outside code, quotations and HTML comments."""
    fence = ""
    for line in without_comments(text[:_MAX_LENGTH_TOLD]).splitlines():
        opened = _FENCE.match(line)
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif opened:
            fence = opened[1]
        elif not line.startswith(("    ", "\t")) and not line.lstrip().startswith(">"):
            yield _INLINE_CODE.sub(" ", line)


def linked_issue(body: Body, text: str) -> str | None:
    """The first issue in a body's tracker that a text links to; it is only named, never read.

    Args:
        body: The body; if its tracker is not on GitHub, no issue is found.
        text: The text, in which `owner/repository#N` counts as a link too.

    Returns:
        The URL of the issue, or of its comment if that is linked; built here from the numbers.
    """
    tracker = _TRACKER.fullmatch(body.tracker or "")
    if tracker is None:
        return None
    found = _issue_form(tracker[1]).search(text)
    if found is None:
        return None
    anchor = f"#issuecomment-{found[2]}" if found[2] else ""
    return f"https://github.com/{tracker[1]}/issues/{found[1] or found[3]}{anchor}"


@lru_cache(maxsize=16)
def _issue_form(repository: str) -> re.Pattern[str]:
    name = re.escape(repository)
    return re.compile(
        rf"https://github\.com/{name}/issues/([0-9]{{1,9}})(?![0-9\w/-])"
        rf"(?:#issuecomment-([0-9]{{1,12}}))?"
        rf"|(?<![\w/.-]){name}#([0-9]{{1,9}})(?!\w)",
        re.IGNORECASE,
    )


SPONSOR_ITEM = "core dev/pep editor listed as"
"""The text that identifies the sponsor item in python/peps' new-PEP template, in lower case."""

_MAX_ITEM_LINES = 20
_LIST_ITEM = re.compile(r"(?:[*+-]|\d{1,3}[.)])\s")
_URL = re.compile(r"https://[A-Za-z0-9._~/?#%=&+:@-]{1,300}")
_PATHS = {
    "discuss.python.org": re.compile(r"/t/[A-Za-z0-9._~/%-]+"),
    "mail.python.org": re.compile(r"/(?:archives|pipermail)/[A-Za-z0-9._~/%@-]+"),
    "github.com": re.compile(
        r"/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+/(?:issues|pull|discussions|commit)/[A-Za-z0-9._/-]+"
    ),
}
_TAIL = re.compile(r"[A-Za-z0-9._~=&-]*")


def linked_post(body: str) -> str | None:
    """The first post linked from the sponsor item of a description, if there is one.

    Only https links without user, password or port count, to a thread on discuss.python.org, an
    archived mail on mail.python.org, or an issue, pull request, discussion or commit on github.com.
    """
    for line in _sponsor_item(without_comments(body[:MAX_DESCRIPTION_LENGTH])):
        for found in _URL.finditer(line):
            if (url := _post(found.group().rstrip(".:,"))) is not None:
                return url
    return None


def _sponsor_item(body: str) -> list[str]:
    """The line with the sponsor item, and the lines that belong to it."""
    lines = body.splitlines()
    for index, line in enumerate(lines):
        if SPONSOR_ITEM not in line.lower():
            continue
        item = [line]
        indent = _indent(line)
        for following in lines[index + 1 : index + _MAX_ITEM_LINES]:
            words = following.strip()
            ends = words.startswith("#") or _LIST_ITEM.match(words)
            if words and ends and _indent(following) <= indent:
                break
            item.append(following)
        return item
    return []


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _post(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    # The whole netloc is compared, so it cannot contain a user, password or port.
    path = _PATHS.get(parts.netloc.lower())
    if path is None or not path.fullmatch(parts.path):
        return None
    if not (_TAIL.fullmatch(parts.query) and _TAIL.fullmatch(parts.fragment)):
        return None
    return url


MAX_PEPS_IN_TITLE = 3
"""How many PEPs a title may name."""

MAX_TITLE_LENGTH = 256
"""How many characters of a title GitHub allows."""

# The beginning of a title that names PEPs, in any spelling.
_PREFIX = re.compile(
    r"\s*(?:PEPs?[\s:#–—-]*)?(?:[0-9X?]{1,4}(?:\s*(?:,|&|/|\+|and)\s*(?:PEPs?[\s-]*)?[0-9X?]{1,4})*)"
    r"\s*[:.\s–—-]\s*",
    re.IGNORECASE,
)


def peps_for_title(change: Change, context: Context) -> tuple[PepNumber, ...]:
    """The PEPs that the title should name, ascending; empty if that is not clear.

    It is not clear if no PEP or more than three PEPs change, or if one has a placeholder number.
    """
    found = {number_in_path(file.path) for file in change.files} - {None}
    numbers = sorted(number for number in found if number is not None)
    if not 0 < len(numbers) <= MAX_PEPS_IN_TITLE or set(numbers) & context.numbers.placeholders:
        return ()
    return tuple(numbers)


def title_prefix(numbers: tuple[PepNumber, ...]) -> str:
    """`PEP 791: `, or `PEP 719, 745: ` for several (python/peps, CONTRIBUTING)."""
    return f"PEP {', '.join(str(number) for number in numbers)}: "


def canonical_title(change: Change, context: Context) -> str | None:
    """The title with the right prefix, the rest unchanged; None if the prefix is not clear."""
    numbers = peps_for_title(change, context)
    if not numbers:
        return None
    title = " ".join(change.title.split())
    prefix = title_prefix(numbers)
    if title.startswith(prefix) and tuple(sorted(title_numbers(title))) == numbers:
        return change.title
    found = _PREFIX.match(title) if title_numbers(title) or _begins_with_pep(title) else None
    rest = title[found.end() :].strip() if found else title
    return f"{prefix}{rest or 'Update'}"[:MAX_TITLE_LENGTH].strip()


def _begins_with_pep(title: str) -> bool:
    return re.match(r"\s*PEPs?[\s:#–—-]*[0-9X?]", title, re.IGNORECASE) is not None
