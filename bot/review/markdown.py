"""Putting words into GitHub's Markdown so that no stranger's text takes part in it.

Findings and standings hold plain sentences with code between single backticks. Everything outside
the code is escaped here; inside it nothing can end the code early, since `bot.rules.wording` took
the backticks out.
"""

import re
from urllib.parse import quote

# Only a piece between two single backticks: beside a further one, Markdown would see no code.
_CODE = re.compile(r"((?<!`)`[^`]+`(?!`))")
_TICKS = re.compile("`+")
_SPECIAL = re.compile(r"([\\`*_\[\]~|!])")
_LIMIT = 65_535
"""GitHub's limit of a check run's summary, in characters; a comment may have one more."""


def prose(text: str) -> str:
    """Escape a sentence, leaving the code between backticks as it is.

    `@` does not survive outside code: the contract allows no mention that is not the author's.
    """
    return "".join(
        part if _CODE.fullmatch(part) else escape(part)
        for part in _CODE.split(" ".join(text.splitlines()))
    )


def escape(text: str) -> str:
    """Escape text for the inside of a Markdown paragraph."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", escaped).replace("@", "(at)")


def target(url: str) -> str:
    """A URL as it may stand between the parentheses of a link, without an `@`."""
    return quote(url, safe=":/?#=&%+~.,;-_")


def block(text: str, indent: str = "") -> str:
    """Show text as an indented code block, which nothing inside it can leave."""
    return "\n".join(f"{indent}    {line}".rstrip() for line in text.splitlines())


def fenced(text: str, language: str) -> str:
    """Show lines as a fenced code block, by a fence that nothing inside it can close.

    Args:
        text: Lines, each with its line feed; none for an empty block.
        language: What stands behind the fence.
    """
    longest = max(map(len, _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}{fence}"


def within_limit(text: str, rest: str) -> str:
    """Cut a text that GitHub would refuse at a paragraph, saying in `rest` what is left out."""
    if len(text) <= _LIMIT:
        return text
    room = _LIMIT - len(rest) - 2
    cut = text.rfind("\n\n", 0, room)
    return f"{text[: cut if cut > 0 else room]}\n\n{rest}"


def plural(count: int, one: str, many: str = "") -> str:
    """`one thing`, `two things`, `12 things`: small numbers in words."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    number = words[count] if count < len(words) else str(count)
    return f"{number} {one if count == 1 else many or one + 's'}"
