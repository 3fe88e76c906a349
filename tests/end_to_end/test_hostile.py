"""What an attacker can put into names, paths, comments and CODEOWNERS stays harmless."""

import asyncio
import gc
import re
import time
from collections.abc import Awaitable, Callable

import pytest
from markdown_it import MarkdownIt
from structlog.testing import capture_logs

from tests.builders import new_pep, snapshot, wanted
from tests.end_to_end.conftest import AUTHOR, SPONSOR, STRANGER, pep, with_line
from tests.end_to_end.golden import unfolded
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import LINE, PATH, propose

OURS = re.compile(
    r"https://(?:peps\.python\.org|pep-previews--[0-9]+\.org\.readthedocs\.build"
    r"|discuss\.python\.org|github\.com/python)/"
)
# What GitHub makes links of by itself, beyond CommonMark (GFM § 6.9; "Autolinked references").
AUTOLINKED = re.compile(
    r"(?i)(?:^|[\s(*_~])(?:www\.|https?://|ftp://|mailto:|xmpp:)\S|\bGH-[0-9]|[\w-]+/[\w.-]+#[0-9]"
    r"|\b[0-9a-f]{7,40}\b|@|:[a-z0-9_+-]+:|\[\^"
)

NAMES = {
    "mention": "@python/core-devs",
    "autolink": "www.evil.example",
    "url": "https://evil.example/x",
    "script": "[click](javascript:alert(1)) ![p](data:image/png;base64,AAAA)",
    "reference": "GH-1 python/cpython#1 #1",
    "commit": "deadbeef1 0123456789abcdef0123456789abcdef01234567",
    "emoji": ":+1: :tada:",
    "entities": "&lt;img src=x&gt; &#64;everyone &commat;everyone",
    "ticks": "``a`b```c````",
    "comment": "--> <!-- pep-bot:summary --> <!-- pep-bot:merged -->",
    "table": "| a | b |\\n|---|---| ~~x~~ $`x`$ $$y$$",
    "footnote": "[^1] [^1]: x",
    "bidi": "\u202egro.live\u202c \u2066\u200b\u200f\ufeffAda",
    "zalgo": "A" + "\u0301" * 300,
    "long": "word " * 3_000,
    "heading": "# x\r## y\x0b- z\u2028* w",
    "html": "<details open ontoggle=alert(1)><script>x</script><svg/onload=1>",
}


def live_in(markdown: str) -> list[str]:
    """Everything in a text that a browser would act on and that is not ours."""
    found: list[str] = []
    for block in MarkdownIt("commonmark", {"html": True}).enable("table").parse(unfolded(markdown)):
        if block.type == "html_block" and not re.fullmatch(
            r"<!-- pep-bot:[a-z]+ -->|<sub>[^<>]*</sub>", block.content.strip()
        ):
            found.append(block.content)
        for token in block.children or ():
            if token.type in ("image", "html_inline") and token.content not in ("<sub>", "</sub>"):
                found.append(token.content)
            elif token.type == "link_open" and not OURS.match(str(token.attrs["href"])):
                found.append(str(token.attrs["href"]))
            elif token.type == "text" and AUTOLINKED.search(token.content):
                found.append(token.content)
    return found


def messages(harness: Harness, number: int) -> list[str]:
    """All Markdown the bot has on a pull request."""
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    runs = harness.simulator.check_runs(REPOSITORY, head)
    return [*harness.comments(number), *(run.summary or "" for run in runs)]


def hostile_pep(name: str) -> str:
    """A PEP with a name in each of its headers."""
    header = " ".join(name.splitlines())
    return pep(
        title=header,
        author=f"{header} <a@b.example>",
        sponsor=f"{header} Merritt",
        status=header,
        headers=f"PEP-Delegate: {header}\nTopic: {header}\nDiscussions-To: {header}\n",
    )


def assert_dead(texts: list[str], name: str) -> None:
    assert len(texts) == 2, name
    for text in texts:
        assert live_in(text) == [], name
        assert text.count("<!--") == (1 if text.startswith("<!--") else 0), name
        assert not set("\u202e\u2066\u200b\u200f\ufeff\0") & set(text), name


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_name_in_a_header_comes_alive(name: str) -> None:
    header = " ".join(name.splitlines())
    change = new_pep(
        hostile_pep(name),
        path=PATH,
        title=f"PEP 841: {name}",
        body=f"* [x] Core dev/PEP editor listed as: {name}",
        owners=with_line(f"{LINE} {header}"),
    )
    desired = wanted(snapshot(change))
    assert desired.check_run is not None
    assert_dead([*(one.body for one in desired.comments), desired.check_run.summary], name)


@pytest.mark.exhaustive
async def test_nor_does_one_that_comes_through_github(harness: Harness) -> None:
    for name in (NAMES["mention"], NAMES["heading"] + NAMES["html"] + NAMES["bidi"]):
        header = " ".join(name.splitlines())
        number = await propose(
            harness,
            hostile_pep(name),
            title=f"PEP 841: {name}",
            body=f"* [x] Core dev/PEP editor listed as: {name}",
            line=f"{LINE} {header}",
        )
        assert_dead(messages(harness, number), name)


async def test_a_status_change_does_not_bring_the_status_to_life(harness: Harness) -> None:
    number = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title="PEP 840: Done",
        files={"peps/pep-0840.rst": pep(840, status=" ".join(NAMES.values())[:4_000])},
    )
    await harness.wait_until_idle()
    assert [live_in(text) for text in messages(harness, number)] == [
        [] for _ in messages(harness, number)
    ]
    assert harness.conclusions(number) != []


PATHS = {
    "blank at the end": "peps/pep-0842.rst ",
    "case": "peps/PEP-0842.RST",
    "quotes": "peps/pep-\"'`$(id)`.rst",
    "climbing": "peps/..%2f..%2fetc/pep-0842.rst",
    "hash": "peps/pep-####.rst",
    "question": "peps/pep-????.rst",
    "line end": "peps/pep-0843\n@everyone.rst",
    "full width": "peps/pep-\uff10\uff18\uff14\uff12.rst",
    "long": f"peps/pep-{'0' * 4_000}.rst",
    "zeros": f"peps/pep-{'0' * 60}.rst",
    "template": "peps/pep-{number}{0.__class__}.rst",
}


async def test_no_path_is_followed_or_comes_alive(harness: Harness) -> None:
    files = {path: pep() for name in PATHS.values() for path in (name, "a/" + name)}
    number = await propose(harness, files={PATH: pep(), **files})
    assert "new-pep" in harness.labels(number)
    for text in messages(harness, number):
        assert live_in(text) == []
    assert not [r.path for r in harness.simulator.requests if ".." in r.path or "etc" in r.path]


async def longest_stall(work: Callable[[], Awaitable[None]]) -> float:
    """The most CPU the event loop's own thread took before it turned, while something went on.

    What else the machine does counts for nothing, nor does a collection of garbage.
    """
    gc.disable()
    try:
        longest, before = 0.0, time.thread_time()
        task = asyncio.ensure_future(work())
        while not task.done():
            await asyncio.sleep(0.001)
            now = time.thread_time()
            longest, before = max(longest, now - before), now
        await task
    finally:
        gc.enable()
    return longest


def long_codeowners(lines: int) -> dict[str, str | bytes | None]:
    return {
        PATH: pep(author=", ".join(f"Ada M{n}" for n in range(2_000))),
        ".github/CODEOWNERS": with_line("".join(f"x{n} @ada\n" for n in range(lines))),
    }


def many_authors(peps: int) -> dict[str, str | bytes | None]:
    return {
        f"peps/pep-{n:04}.rst": pep(n, author="Ada B, " * 2_500) for n in range(900, 900 + peps)
    }


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(long_codeowners(40_000), id="long CODEOWNERS", marks=pytest.mark.exhaustive),
        pytest.param(many_authors(8), id="many authors"),
        pytest.param(
            long_codeowners(120_000), id="longest CODEOWNERS", marks=pytest.mark.exhaustive
        ),
        pytest.param(many_authors(60), id="most authors", marks=pytest.mark.exhaustive),
    ],
)
async def test_the_largest_changes_do_not_keep_webhooks_waiting(
    harness: Harness, files: dict[str, str | bytes | None]
) -> None:
    number = await propose(harness, files=files, wait_until_idle=False)
    assert await longest_stall(harness.wait_until_idle) < 0.2
    assert harness.conclusions(number) != []


async def test_hostile_comments_neither_stop_the_bot_nor_speak_for_the_sponsor(
    harness: Harness,
) -> None:
    number = await propose(harness)
    for body in (
        "/pep sponsor\n" + "[" * 6_000,
        "/pep sponsor " * 2_500,
        "> /pep sponsor\n\0" * 9,
    ):
        await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body=body[:65_536])
    await harness.simulator.comment(
        REPOSITORY,
        number,
        by=SPONSOR,
        body="> /pep sponsor\n\n    /pep sponsor\n<!--\n/pep sponsor",
    )
    await harness.wait_until_idle()
    assert "[agreed here](" not in harness.comment(number)
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert "[agreed here](" in harness.comment(number)


@pytest.mark.exhaustive
async def test_an_old_event_that_comes_again_revives_no_consent(harness: Harness) -> None:
    number = await propose(harness)
    comment = await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert "awaiting editor" in harness.labels(number)
    first = [one.guid for one in harness.simulator.deliveries if one.event == "issue_comment"][-1]
    await harness.simulator.edit_comment(REPOSITORY, comment, by=SPONSOR, body="/pep unsponsor")
    await harness.wait_until_idle()
    assert "awaiting sponsor" in harness.labels(number)
    await harness.simulator.redeliver(first)
    await harness.wait_until_idle()
    assert "awaiting sponsor" in harness.labels(number)
    await harness.simulator.edit_comment(REPOSITORY, comment, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert "awaiting editor" in harness.labels(number), "an edit back says it again"


async def test_instruction_labels_set_by_strangers_instruct_nobody(harness: Harness) -> None:
    number = await propose(harness)
    with capture_logs() as logs:
        await harness.simulator.label(
            REPOSITORY, number, by=STRANGER, name="skip sponsor\u202e `x`"
        )
        await harness.simulator.label(REPOSITORY, number, by=STRANGER, name="BOT: PAUSED")
        await harness.wait_until_idle()
    assert harness.conclusions(number) == ["neutral"]
    assert "Paused" not in str(logs)
