"""URL templates a policy may set: what they may be, so that filling one in is always safe."""

import re
from string import Formatter
from urllib.parse import urlsplit

_FIELDS = frozenset({"number", "pr"})
_LONGEST = 500
# What a URL may consist of, less what would end a link in Markdown or HTML.
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?#@!$&*+,;=%{}-]*")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")


def checked_template(template: str) -> str:
    """Let a URL template pass, or say what is wrong with it.

    Args:
        template: An https URL that may contain `{number}` and `{pr}`, or nothing.

    Returns:
        The template unchanged.

    Raises:
        ValueError: If it is not https, holds another field, or characters a plain link cannot have.
            The message quotes nothing of it.
    """
    if not template:
        return template
    if not template.startswith("https://"):
        raise ValueError("a link has to begin with `https://`")
    if len(template) > _LONGEST or not _PLAIN.fullmatch(template):
        raise ValueError("this is not a plain URL")
    try:
        fields = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
    except ValueError:
        raise ValueError("a brace is not closed or not opened") from None
    if any(field not in _FIELDS or spec or conversion for field, spec, conversion in fields):
        raise ValueError("only `{number}` and `{pr}` may stand in braces")
    filled = template.format(number="0001", pr=1)
    try:
        host = urlsplit(filled).netloc
    except ValueError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError("the link has no proper host")
    return template
