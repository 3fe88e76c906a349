"""The queue on a terminal, as JSON and as a page: of one store they say the same."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.cli.queue import queue_json, queue_text, read_queues
from tests.web.filled_store import NOW, PEPS, application
from tests.web.test_pages import document

TURNS = {
    "Editors' turn": "editor",
    "Awaiting a decision": "decision",
    "Sponsors' turn": "sponsor",
    "Authors' turn": "author",
    "Drafts": "drafts",
    "Touches no PEP": "no_pep",
}
ELSE_ON_PAGE = ("PEPs awaiting a decision", "In the last week", "Follow-ups due", "Claimed numbers")


@pytest.fixture
async def queue_formats(tmp_path: Path) -> tuple[str, dict[str, Any], str]:
    """The three."""
    async with TestClient(TestServer(await application(tmp_path))) as browser:
        page = " ".join((await document(browser, f"/{PEPS.full_name}/queue")).words)
    queues = [
        one
        for one in await read_queues(f"sqlite:///{tmp_path / 'bot.sqlite3'}", lambda: NOW)
        if one.repository == PEPS.full_name
    ]
    return queue_text(queues), json.loads(queue_json(queues)), page


def parts(text: str, headings: tuple[str, ...]) -> dict[str, str]:
    """What stands below each of these headings that are there."""
    places = sorted((text.index(one), one) for one in headings if one in text)
    ends = [*(at for at, _ in places[1:]), len(text)]
    return {one: text[at:end] for (at, one), end in zip(places, ends, strict=True)}


def pulls(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"#([0-9]{4})\b", text)]


def test_whose_turn_it_is_and_in_which_order(
    queue_formats: tuple[str, dict[str, Any], str],
) -> None:
    text, data, page = queue_formats
    on_terminal = parts(
        text, (*tuple(f"\n{one}:" for one in TURNS), "\nIn the last week", "\nPEPs await")
    )
    on_page = parts(page, (*TURNS, *ELSE_ON_PAGE))
    for heading, key in TURNS.items():
        listed = data["turns"].get(key, data.get(key, []))
        numbers = [one["number"] for one in listed]
        assert numbers, f"{heading}: nothing to compare"
        assert pulls(on_terminal[f"\n{heading}:"]) == numbers
        # A title may name a number too; those of pull requests are four digits behind a sign.
        assert pulls(on_page[heading]) == numbers


def test_what_awaits_a_decision_and_what_is_due(
    queue_formats: tuple[str, dict[str, Any], str],
) -> None:
    text, data, page = queue_formats
    (awaiting,) = data["awaiting_decision"]
    assert awaiting["pep"] == 798
    assert f"PEP 798 {awaiting['title']}: " in text
    assert f"798 {awaiting['title']} " in page
    assert awaiting["issue"] in text
    facts = {one["pep"]: one["what"] for one in data["follow_ups"]}
    assert facts, "nothing to compare"
    for number, fact in facts.items():
        assert re.search(rf"^  PEP {number} .*{re.escape(fact)}, since ", text, re.MULTILINE)
        assert re.search(rf"\b{number} .*{re.escape(fact.replace('`', ''))}", page)
    assert len(facts) == int(re.findall(r"Follow-ups due ([0-9]+)", page)[0])


def test_which_numbers_are_claimed(queue_formats: tuple[str, dict[str, Any], str]) -> None:
    text, data, page = queue_formats
    assert data["claimed"] == {"818": [4901], "819": [4910], "821": [4915]}
    claimed = page[page.index("Claimed numbers") :]
    for number, claims in data["claimed"].items():
        assert f"{number} claimed by #{claims[0]}" in text
        assert f"{number} #{claims[0]}" in claimed
    for number, reason in data["reserved_by_policy"].items():
        assert f"{number} reserved by the policy: {reason}" in text
        assert f"{number} whoever the reason names {reason}" in page
