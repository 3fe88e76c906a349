"""Writes threads as they really went into the pages for authors and editors.

`python -m tests.end_to_end.transcript` writes them anew; a test compares.
"""

import asyncio
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, pep, pep_harness
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose

DOCS = Path(__file__).resolve().parents[2] / "docs"
_BEGIN, _END = "<!-- thread -->\n", "<!-- end of thread -->"
_MARKER = re.compile(r"<!-- pep-bot:.*? -->\n*")
_FOOT = re.compile(r"\n*<sub>To \[.*\]\(.*\)</sub>\s*\Z")
_NAMES = {AUTHOR: "Nova, the author", SPONSOR: "Ada, a core developer", EDITOR: "Edith, an editor"}
_EMOJI = {"+1": "👍", "confused": "😕"}


@dataclass(frozen=True)
class Line:
    """A comment: by whom, its text, and whether it edits their previous one."""

    by: str
    body: str
    edits: bool = False


FOR_AUTHORS = (
    Line(AUTHOR, "Is there anything you can do for me?\n\n/pep fxi"),
    Line(AUTHOR, "Is there anything you can do for me?\n\n/pep fix", edits=True),
    Line(AUTHOR, "/pep sponsor @ada"),
    Line(SPONSOR, "Gladly.\n\n/pep sponsor"),
    Line(AUTHOR, "/pep skip codeowners because I do not know what that is"),
)
FOR_EDITORS = (
    Line(EDITOR, "/pep skip sponsor because the council approved it by mail"),
    Line(EDITOR, "/pep number 850 for #1 because it was announced\n/pep number"),
    Line(EDITOR, "/pep await authr"),
    Line(EDITOR, "/pep await author", edits=True),
    Line(EDITOR, "/pep prepare accepted 840 https://discuss.python.org/t/a-post/66453/63"),
)


async def transcript(harness: Harness, lines: Sequence[Line]) -> str:
    """The comments of a thread, and the bot's reactions and replies, in Markdown."""
    number = await propose(harness, pep(9999, sponsor=None), number=9999, line=None)
    rendered: list[str] = []
    comment_ids: dict[str, int] = {}
    labels, replies = harness.labels(number), harness.replies(number)
    for line in lines:
        simulator = harness.simulator
        if line.edits:
            await simulator.edit_comment(
                REPOSITORY, comment_ids[line.by], by=line.by, body=line.body
            )
        else:
            comment_ids[line.by] = await simulator.comment(
                REPOSITORY, number, by=line.by, body=line.body
            )
        await harness.wait_until_idle()
        verb = "changes that to" if line.edits else "says"
        rendered += [f"**{_NAMES[line.by]}**, {verb}:", _indented(line.body)]
        now, answers = harness.labels(number), harness.replies(number)
        reaction = "".join(_EMOJI[one] for one in harness.reactions(number, comment_ids[line.by]))
        moved = [f"sets `{one}`" for one in sorted(now - labels)]
        moved += [f"takes `{one}` off" for one in sorted(labels - now)]
        rendered.append(
            f"**The bot** reacts with {reaction}{''.join(f', {one}' for one in moved)}."
        )
        for place, answer in enumerate(answers):
            if place >= len(replies) or replies[place] != answer:
                rendered += ["It replies:", _quoted(_FOOT.sub("", _MARKER.sub("", answer)))]
        labels, replies = now, answers
    return "\n\n".join(rendered) + "\n"


def written_into(page: str, thread: str) -> str:
    """The page with its thread replaced."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{thread}\n{_END}{after}"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


async def _write() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for name, lines in (("author.md", FOR_AUTHORS), ("editor.md", FOR_EDITORS)):
        with TemporaryDirectory() as folder:
            async with pep_harness(Path(folder), pem, editors=[EDITOR]) as harness:
                thread = await transcript(harness, lines)
        place = DOCS / name
        place.write_text(written_into(place.read_text(encoding="utf-8"), thread), encoding="utf-8")
        sys.stdout.write(f"{place} is written.\n")


if __name__ == "__main__":
    asyncio.run(_write())
