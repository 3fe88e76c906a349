"""The page of a published PEP, and the ways to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.web.filled_store import ISSUE, application
from tests.web.test_pages import GITHUB, Browser, document


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with TestClient(TestServer(await application(tmp_path))) as client:
        yield client


async def test_a_pep_page_shows_its_decision_path_submissions_and_pull_requests(
    browser: Browser,
) -> None:
    found = await document(browser, "/python/peps/pep/798")
    text = " ".join(found.words)
    assert "Unpacking in Comprehensions PEP 798" in text
    assert "Status Draft" in text
    assert "Who decides: the Steering Council." in text
    assert "Ask first: the Typing Council for its recommendation" in text
    assert "Who may sponsor:" in text
    assert "Why: The Steering Council" in text
    assert "Submitted to the Steering Council: issue #326 , open since 10-Feb-2026." in text
    assert ISSUE.url in found.links
    assert "Where to ask" not in text, "it is there already"
    assert "Open pull requests that touch it 1 Pull request Title What #4822" in text
    assert {"/python/peps/pull/4822", f"{GITHUB}/python/peps/pull/4822"} <= set(found.links)
    assert "https://peps.python.org/pep-0798/" in found.links
    assert "/python/peps/who-decides" in found.links


async def test_a_pep_page_leads_to_what_added_it_and_to_no_rival_of_the_same_number(
    browser: Browser,
) -> None:
    assert "/python/peps/pull/4700" in (await document(browser, "/python/peps/pep/798")).links
    rival = await document(browser, "/python/peps/pull/4910")
    assert "/python/peps/pep/819" not in rival.links, "that is another PEP"
    links = (await document(browser, "/python/peps/pep/819")).links
    assert not [link for link in links if "/pull/" in link]


async def test_where_it_is_asked_for_the_form_is_filled_in(browser: Browser) -> None:
    links = (await document(browser, "/python/peps/pep/819")).links
    assert [link for link in links if link.startswith("https://discuss.python.org/new-topic?")]


async def test_a_decided_pep_is_said_to_wait_for_nothing_and_shows_who_touches_it(
    browser: Browser,
) -> None:
    text = " ".join((await document(browser, "/python/peps/pep/750")).words)
    assert "It is not waiting for a decision: this is who would decide now, not who did." in text
    assert "Where to ask" not in text
    assert "#4903" in text


async def test_what_strangers_wrote_in_a_header_is_only_text(browser: Browser) -> None:
    found = await document(browser, "/python/peps/pep/819")
    text = " ".join(found.words)
    assert "<script>alert(1)</script> evil & 'x' \"y\" PEP 819" in text
    assert not {"script", "img", "b"} & set(found.elements)
    assert not [link for link in found.links if link.startswith("javascript")]
    assert "\u202e" not in text


async def test_the_pages_lead_to_one_another(browser: Browser) -> None:
    queue = await document(browser, "/python/peps/queue")
    assert {"/python/peps/pep/798", "https://peps.python.org/pep-0798/"} <= set(queue.links)
    pull = await document(browser, "/python/peps/pull/4822")
    assert "/python/peps/pep/798" in pull.links
    assert "798 . Who decides: the Steering Council." in " ".join(pull.words)
    final = await document(browser, "/python/peps/pull/4903")
    assert "/python/peps/pep/750" in final.links
    assert "Who decides:" not in " ".join(final.words)
    new = await document(browser, "/python/peps/pull/4901")
    assert "PEP 818" in " ".join(new.words)
    assert not [link for link in new.links if "/pep/" in link]
