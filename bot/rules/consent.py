"""Whether a sponsor has agreed: a name in a header is no proof (contract, "Consent").

Only the sponsor's own account can agree, here on the pull request. A post that the author links
beside the sponsor item of the description's checklist is their word for it: it ends the asking, but
it is never opened and never counted.
"""

import re
from urllib.parse import urlsplit

from bot.peps.people import Login, same_login
from bot.rules.change import Change
from bot.rules.context import Act, ActKind, Context
from bot.rules.description import LONGEST, without_comments
from bot.rules.standing import ConsentState

SPONSOR_ITEM = "core dev/pep editor listed as"
"""What marks the sponsor item in python/peps' template for a new PEP, in lower case."""

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


def consent(
    login: Login | None, change: Change, context: Context
) -> tuple[ConsentState, str | None]:
    """Whether the account agreed to sponsor, and the link that shows it.

    The latest consent or withdrawal counts; without either, being the pull request's author is
    consent; then anything else they said here, or a post linked in the description.

    Args:
        login: The sponsor's account; None if nobody knows it, so that only a link can be found.
        change: What the pull request changes, for its author and its description.
        context: What people did here.
    """
    acts = _acts_of(login, context)
    for act in reversed(acts):
        if act.kind is ActKind.CONSENT:
            return ConsentState.GIVEN, act.url
        if act.kind is ActKind.WITHDRAWAL:
            return ConsentState.WITHDRAWN, act.url
    if login is not None and change.author is not None and same_login(login, change.author):
        return ConsentState.GIVEN, None
    if acts:
        return ConsentState.SAID_ELSEWHERE, acts[-1].url
    if (link := linked_post(change.body)) is not None:
        return ConsentState.SAID_ELSEWHERE, link
    return ConsentState.AWAITED, None


def linked_post(body: str) -> str | None:
    """The first post linked beside the sponsor item of a description, if there is one.

    Only https links without user, password or port, to a thread on discuss.python.org, an archived
    mail on mail.python.org, or an issue, pull request, discussion or commit on github.com.
    """
    for line in _sponsor_item(without_comments(body[:LONGEST])):
        for found in _URL.finditer(line):
            if (url := _post(found.group().rstrip(".:,"))) is not None:
                return url
    return None


def _acts_of(login: Login | None, context: Context) -> list[Act]:
    if login is None:
        return []
    theirs = (act for act in context.acts if same_login(act.login, login))
    return sorted(theirs, key=lambda act: act.at)


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
    # The netloc is compared whole, so neither user, password nor port can be in it.
    path = _PATHS.get(parts.netloc.lower())
    if path is None or not path.fullmatch(parts.path):
        return None
    if not (_TAIL.fullmatch(parts.query) and _TAIL.fullmatch(parts.fragment)):
        return None
    return url
