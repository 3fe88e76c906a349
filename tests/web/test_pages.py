"""The pages as a browser gets them, from a store that was filled before."""

from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.cli.queue import read_queues
from bot.peps.number import Claim, PepNumber
from bot.peps.people import Login
from bot.policy.bodies import BodyRole, GroupStatus
from bot.policy.load import default_policy
from bot.review.number_inputs import StoredNumbers
from bot.review.overrides import Reservation
from bot.review.queue.pages import QueuePage, page_of
from bot.review.queue.queue import Queue, queue_of
from bot.review.subject import Subject
from bot.store.database import open_database
from bot.store.documents import PUBLIC_FOR, Visibility
from bot.store.store import Store
from bot.web.page_rendering import LONGEST, for_html, with_code
from bot.web.page_routes import web_address
from bot.web.queue_page import MOST_ROWS, queue_page
from tests.web.filled_store import (
    APPOINTED_IN,
    HOSTILE,
    ISSUE,
    NOW,
    PEPS,
    SECRET,
    application,
    fill,
    make_memory,
    pages_of,
    record_delegations,
)

Browser = TestClient[Any, Any]
GITHUB = "https://github.com"
PATHS = (
    "/",
    "/python/peps/queue",
    "/python/peps/who-decides",
    "/python/peps/delegations",
    "/python/peps/pull/4910",
    "/python/peps/pep/798",
    "/python/peps/pep/819",
)


class Document(HTMLParser):
    """What a browser makes of a page: its elements, links and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.attributes: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(" ".join(data.split()))


def first_page(queue: Queue) -> QueuePage:
    part = page_of(queue, 1)
    assert part is not None
    return part


async def document(browser: Browser, path: str) -> Document:
    answer = await browser.get(path)
    assert answer.status == 200, path
    return Document(await answer.text())


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with TestClient(TestServer(await application(tmp_path))) as client:
        yield client


@pytest.fixture
async def delegated(tmp_path: Path) -> AsyncIterator[Browser]:
    """The pages of a repository with recorded delegations."""
    url = await fill(tmp_path)
    await record_delegations(url)
    async with TestClient(TestServer(pages_of(url))) as client:
        yield client


async def test_the_queue_tells_whose_turn_it_is_and_for_how_long(browser: Browser) -> None:
    words = (await document(browser, "/python/peps/queue")).words
    text = " ".join(words)
    headings = ["Editors' turn 3", "Awaiting a decision 1", "Sponsors' turn 1", "Authors' turn 2"]
    headings += ["Drafts 1", "Touches no PEP 1", "In the last week", "Claimed numbers 3"]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    editors = text[places[0] : places[1]]
    # What nobody touched for a week comes first.
    assert editors.index("#4838") < editors.index("#4901") < editors.index("#4903")
    assert "#4838 PEP 815: Deprecate RECORD.jws and RECORD.p7s by ada new PEP 9 days" in editors
    assert "9 days ago idle" in editors
    assert editors.count("idle") == 1
    assert "Merged #4899" in text
    assert "Closed #4850" in text


async def test_a_pull_request_page_shows_labels_and_rules(browser: Browser) -> None:
    found = await document(browser, "/python/peps/pull/4901")
    text = " ".join(found.words)
    assert "PEP 818: A calmer way to wait #4901" in text
    assert "Waiting for an editor, since 27-Feb-2026 (3 days)" in text
    assert "sponsor-consent Sponsor's agreement 27-Feb-2026" in text
    assert "awaiting editor new-pep" in text
    assert f"{GITHUB}/python/peps/pull/4901" in found.links
    merged = " ".join((await document(browser, "/python/peps/pull/4899")).words)
    assert "State merged, since 28-Feb-2026" in merged
    assert "sponsor-consent" not in merged


async def test_the_work_groups_are_listed_and_those_that_are_no_more_are_marked(
    browser: Browser,
) -> None:
    found = await document(browser, "/python/peps/who-decides")
    text = " ".join(found.words)
    groups = text[text.index(" Work groups ") :]
    for one in default_policy().work_groups.values():
        assert one.name in groups
        assert one.source in found.links
        is_active = one.status is GroupStatus.ACTIVE
        assert (f"{one.name} {one.concerns} " in groups) is is_active, one.name
        assert (f"{one.name} {one.status} " in groups) is not is_active, one.name
    assert "dissolved 25-Feb-2007 13-Aug-2002 source" in groups
    assert "python-cuba" not in groups


async def test_who_decides_names_every_body_with_day_reason_and_source(browser: Browser) -> None:
    found = await document(browser, "/python/peps/who-decides")
    text = " ".join(found.words)
    for body in default_policy().bodies.values():
        assert body.name in text
        assert " ".join(body.reason.split()) in text
        assert body.source in found.links
        # Who has no part in PEPs is not to be asked about one.
        is_asked = body.tracker is not None and body.part is not BodyRole.NONE
        assert (body.tracker in found.links) == is_asked, body.name
    packaging = text[text.index(" Packaging ") : text.index(" Release ")]
    assert "Paul Moore for package distribution metadata" in packaging
    assert "standing packaging delegate" in packaging
    typing = text[text.index(" Typing Who decides:") :]
    assert "the Typing Council for its recommendation" in typing


async def test_all_delegations_are_listed_with_start_reason_source_and_end(
    delegated: Browser,
) -> None:
    found = await document(delegated, "/python/peps/delegations")
    text = " ".join(found.words)
    assert "Standing 2 Delegate For Since Until Source Paul Moore package distribution" in text
    standing, one_pep = text.index("Standing 2"), text.index("For one PEP 2")
    offers, named = text.index("Offers 2"), text.index("Named in a header alone 1")
    assert "14-May-2019" in text[standing:one_pep]
    assert "Until: The Steering Council records its delegation to the" in text[standing:one_pep]
    dora = f"Dora {' '.join(HOSTILE.replace(chr(0x202E), '').replace(chr(0x202C), '').split())}"
    assert f"798 {dora} Ended: she asked to 23-Feb-2026 24-Feb-2026 source" in text
    assert "750 bMalloryb 26-Feb-2026 its decision" in text[offers:named], "it was accepted"
    assert "798 Ada Merritt 25-Feb-2026 further notice source" in text[one_pep:offers]
    offered = "798 Ada Merritt Ended: Another delegate was appointed. 22-Feb-2026 23-Feb-2026"
    assert offered in text[offers:named]
    assert "PEP Delegate Until 819 a further notice" in text[named:]
    assert APPOINTED_IN in found.links
    assert "/python/peps/pep/798" in found.links
    assert "b" not in found.elements


async def test_programs_get_all_delegations_too(delegated: Browser) -> None:
    answer = await delegated.get("/python/peps/delegations.json")
    assert answer.content_type == "application/json"
    told = await answer.json()
    assert [(one["login"], one["since"], one["until"]) for one in told["standing"]] == [
        ("pfmoore", "2019-05-14", None),
        ("dstufft", "2019-05-14", None),
    ]
    assert all(one["reason"] and one["source"] and one["ends_when"] for one in told["standing"])
    recorded = {(one["pep"], one["login"], one["appointed"]): one for one in told["recorded"]}
    assert set(recorded) == {
        (750, "mallory", False),
        (798, "ada", False),
        (798, "ada", True),
        (798, "dora", True),
    }
    dora = recorded[798, "dora", True]
    assert (dora["link"], dora["by"], dora["end_reason"]) == (
        APPOINTED_IN,
        "edith",
        "she asked to",
    )
    assert dora["at"] < dora["ended_at"]
    assert recorded[798, "ada", True]["ended_at"] is None
    assert (told["named_in_headers"], told["decided"]) == ({"819": ["a"]}, {"750": None})


async def test_delegates_are_told_wherever_a_pep_is(delegated: Browser) -> None:
    told = (
        "Who decides: Ada Merritt as PEP-Delegate, appointed by the Steering Council; recorded on"
    )
    for page in ("pep/798", "pull/4822"):
        assert told in " ".join((await document(delegated, f"/python/peps/{page}")).words), page
    queue = " ".join((await document(delegated, "/python/peps/queue")).words)
    assert "decision in #4822; Ada Merritt decides as PEP-Delegate" in queue


async def test_the_first_page_leads_to_all_that_may_be_seen(browser: Browser) -> None:
    found = await document(browser, "/")
    assert "/python/peps/queue" in found.links
    assert not [link for link in found.links if "psrt" in link]


async def test_a_private_repository_looks_like_one_that_is_not_there(browser: Browser) -> None:
    for page in ("queue", "who-decides", "delegations", "delegations.json", "pull/4901", "pep/798"):
        private = await browser.get(f"/{SECRET.full_name}/{page}")
        absent = await browser.get(f"/{SECRET.full_name}x/{page}")
        assert (private.status, absent.status) == (404, 404), page
        assert await private.read() == await absent.read(), page


async def test_a_tracker_that_is_only_listened_to_has_no_pages(
    browser: Browser, tmp_path: Path
) -> None:
    assert ISSUE.tracker not in " ".join((await document(browser, "/")).words)
    assert (await browser.get(f"/{ISSUE.tracker}/queue")).status == 404
    queues = await read_queues(await fill(tmp_path))
    assert [one.repository for one in queues] == [PEPS.full_name, SECRET.full_name]


async def test_names_differ_in_case_without_being_different(browser: Browser) -> None:
    assert (await browser.get("/Python/PEPs/queue")).status == 200
    assert (await browser.get("/Python/PSRT/queue")).status == 404


async def test_a_page_that_is_not_there_helps(browser: Browser) -> None:
    for path in (
        "/python/peps/pull/1",
        "/python/peps/pep/2",
        "/python/peps/pep/99999",
        "/python/peps/pull/99999999999",
        "/x",
        "/x/",
        "/a/b/c",
    ):
        answer = await browser.get(path)
        assert answer.status == 404, path
        assert answer.content_type == "text/html", path
        assert "/" in Document(await answer.text()).links, path
        assert "Content-Security-Policy" in answer.headers, path


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/python/peps", "/python/peps/queue"),
        ("/python/peps/", "/python/peps/queue"),
        ("/python/peps/queue/?page=1", "/python/peps/queue?page=1"),
        ("/python/peps/queue.json/", "/python/peps/queue.json"),
        ("/python/peps/pull/4910/", "/python/peps/pull/4910"),
        ("/python/peps/pep/798/", "/python/peps/pep/798"),
    ],
)
async def test_an_address_that_is_nearly_right_leads_to_its_page(
    browser: Browser, path: str, right: str
) -> None:
    answer = await browser.get(path)
    assert (answer.status, answer.url.path_qs) == (200, right)
    assert (await browser.post(path)).status in {404, 405}


async def test_browsers_find_the_icon_that_they_ask_for(browser: Browser) -> None:
    answer = await browser.get("/favicon.ico")
    assert (answer.status, answer.content_type) == (200, "image/svg+xml")
    assert "img-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_pages_are_strict_with_browsers(browser: Browser) -> None:
    for path in (*PATHS, "/nowhere"):
        answer = await browser.get(path)
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';"), path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert "Set-Cookie" not in headers, path
        found = Document(await answer.text())
        assert not {"script", "style", "img", "iframe", "form", "object"} & set(found.elements), (
            path
        )
        named = [name for name in found.attributes if name == "style" or name.startswith("on")]
        assert not named, path
        assert all(link.startswith(("/", "https://")) for link in found.links), path
        assert not [link for link in found.links if link.startswith("//")], path
        assert found.elements.count("h1") == 1, path
        assert found.elements.count("main") == 1, path


async def test_what_strangers_wrote_has_no_power_over_a_page(browser: Browser) -> None:
    for path in ("/python/peps/queue", "/python/peps/pull/4910"):
        text = await (await browser.get(path)).text()
        assert "<script" not in text
        assert "\u202e" not in text
        assert "\u202c" not in text
        assert " ".join(for_html(HOSTILE).split()) in " ".join(Document(text).words)


async def test_a_browser_that_has_the_page_is_spared_it(browser: Browser) -> None:
    for path in PATHS:
        first = await browser.get(path)
        assert first.headers["Cache-Control"] == "no-cache"
        again = await browser.get(
            path, headers={"If-None-Match": f'"x", W/{first.headers["ETag"]}'}
        )
        assert (again.status, await again.read()) == (304, b"")


async def test_what_is_missing_is_said_again_to_a_browser_that_heard_it(browser: Browser) -> None:
    first = await browser.get("/python/peps/pull/1")
    again = await browser.get(
        "/python/peps/pull/1", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status == 404


async def test_the_style_sheet_is_kept_for_long_and_named_after_what_it_says(
    browser: Browser,
) -> None:
    found = await document(browser, "/")
    (style,) = [link for link in found.links if link.startswith("/style.css?v=")]
    answer = await browser.get(style)
    assert answer.content_type == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    text = await answer.text()
    assert "prefers-color-scheme: dark" in text
    assert "url(" not in text


async def test_only_looking_is_possible(browser: Browser) -> None:
    assert (await browser.head("/python/peps/queue")).status == 200
    assert (await browser.post("/python/peps/queue")).status == 405
    answer = await browser.post("/nowhere")
    assert (answer.status, answer.content_type) == (404, "text/plain")


async def test_a_store_that_is_not_there_yet_is_reported_and_looked_for_again(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    async with TestClient(TestServer(pages_of(url))) as client:
        answer = await client.get("/")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        assert (await client.get("/nowhere")).status == 503
        await (await open_database(url)).close()
        assert (await client.get("/")).status == 200


async def test_a_page_is_kept_for_a_moment_as_strangers_may_ask_often(tmp_path: Path) -> None:
    url = await fill(tmp_path)
    async with TestClient(TestServer(pages_of(url, lifetime=3600))) as client:
        first = await (await client.get("/python/peps/queue")).text()
        database = await open_database(url)
        another = make_memory("PEP 900: Unseen", "editor", waited=1)
        await Store(database).remember(Subject(PEPS, 4999), another)
        await database.close()
        assert await (await client.get("/Python/Peps/queue")).text() == first
        assert "Unseen" in await (await client.get("/python/peps/pull/4999")).text()


async def test_what_is_missing_is_not_kept_and_drives_no_page_out(tmp_path: Path) -> None:
    url = await fill(tmp_path)
    async with TestClient(TestServer(pages_of(url, lifetime=3600))) as client:
        first = await (await client.get("/python/peps/queue")).text()
        for number in range(5001, 5206):
            assert (await client.get(f"/python/peps/pull/{number}")).status == 404
        database = await open_database(url)
        another = make_memory("PEP 900: Unseen", "editor", waited=1)
        await Store(database).remember(Subject(PEPS, 5001), another)
        await database.close()
        assert (await client.get("/python/peps/pull/5001")).status == 200
        # The same numbers in another repository, which nobody may see.
        assert (await client.get("/python/psrt/pull/5001")).status == 404
        assert (await client.get("/python/psrt/queue")).status == 404
        assert await (await client.get("/python/peps/queue")).text() == first


async def test_no_way_of_writing_an_address_leads_elsewhere(browser: Browser) -> None:
    for path in (
        "/python%2Fpeps/queue",
        "/python/peps%2F..%2Fpsrt/queue",
        "/python/peps/../psrt/queue",
        "/PYTHON/Psrt/queue",
        "/python/psrt/pull/4910",
        "/python/peps/pull/04910",
        "/python/peps/pull/4910%0d%0aX-Evil:%201",
        "/python/peps%0d%0aX-Evil:%201/queue",
        "/python/peps%00/queue",
        "/python/p%C3%A9ps/queue",
        "/style.css/../../pages.py",
    ):
        answer = await browser.get(URL(path, encoded=True))
        assert answer.status == 404, path[:80]
        assert "X-Evil" not in answer.headers, path[:80]
        text = (await answer.text()).lower()
        assert "psrt" not in text, path[:80]
        assert "evil" not in text, path[:80]


def test_a_list_beside_the_queue_is_cut_and_the_rest_counted() -> None:
    claims = tuple(Claim(PepNumber(number), number) for number in range(1, MOST_ROWS + 31))
    part = first_page(queue_of({}, NOW, numbers=StoredNumbers(claims)))
    text = " ".join(Document(queue_page("python/peps", part, GITHUB).decode()).words)
    assert f"Claimed numbers {MOST_ROWS + 30}" in text
    assert f"#{MOST_ROWS} " in text
    assert f"#{MOST_ROWS + 1} " not in text
    assert "And 30 more." in text


def test_marks_do_not_pile_up_on_a_letter() -> None:
    assert for_html("a" + "\u0301" * 50 + "b\u0301") == "a" + "\u0301" * 3 + "b\u0301"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://e.example/", "//e.example/", ""])
def test_only_an_https_address_is_linked(url: str) -> None:
    held = Reservation(PepNumber(900), None, "announced", Login("edda"), NOW, url)
    queue = queue_of({}, NOW, numbers=StoredNumbers(reservations=(held,)))
    found = Document(queue_page("python/peps", first_page(queue), GITHUB).decode())
    assert "announced" in found.words
    assert url not in found.links or not url


def test_nothing_waits() -> None:
    found = Document(queue_page("python/peps", first_page(queue_of({}, NOW)), GITHUB).decode())
    assert "Nothing is waiting." in found.words


@given(st.text(max_size=900), st.text(max_size=100))
def test_no_title_or_opener_adds_an_element_to_the_page(title: str, opener: str) -> None:
    plain, strange = (
        Document(queue_page("python/peps", first_page(queue_of({1: memory}, NOW)), GITHUB).decode())
        for memory in (
            make_memory("plain", "editor", waited=1, opener="nova"),
            make_memory(title, "editor", waited=1, opener=opener or "nova"),
        )
    )
    assert [one for one in strange.elements if one != "code"] == plain.elements
    assert strange.links == plain.links


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Only for ``python/peps``", "Only for <code>python/peps</code>"),
        ("`a` and ``<b>``", "<code>a</code> and <code>&lt;b&gt;</code>"),
        ("```x``` and `` and ` alone", "```x``` and `` and ` alone"),
    ],
)
def test_what_is_between_backquotes_is_code(title: str, shown: str) -> None:
    assert with_code(title) == shown


@given(st.text(max_size=2_000))
def test_what_is_shown_is_short_and_visible(text: str) -> None:
    words = for_html(text)
    assert len(words) <= LONGEST
    assert words.isprintable()


@pytest.mark.parametrize(
    ("api", "address"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://ghe.example/api/v3", "https://ghe.example"),
        ("http://127.0.0.1:81", "http://127.0.0.1:81"),
    ],
)
def test_githubs_address_for_people_follows_from_its_apis(api: str, address: str) -> None:
    assert web_address(api) == address


class CachedPages:
    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}

    async def document(self, name: str) -> Any:
        return self.documents.get(name)

    async def keep_document(self, name: str, document: Any) -> None:
        self.documents[name] = document


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> Any:
        return self.now


async def test_a_repository_is_public_only_while_github_said_so_lately() -> None:
    clock = Clock()
    visibility = Visibility(CachedPages(), clock)
    assert not await visibility.is_public("python/peps")
    await visibility.answered("Python/PEPs", is_private=False, asked_at=NOW)
    assert await visibility.is_public("python/peps")
    clock.now = NOW + PUBLIC_FOR - timedelta(seconds=1)
    assert await visibility.is_public("python/peps")
    clock.now = NOW + PUBLIC_FOR
    assert not await visibility.is_public("python/peps")


async def test_what_was_told_since_the_question_was_asked_counts_for_more() -> None:
    clock = Clock()
    visibility = Visibility(CachedPages(), clock)
    await visibility.hide("python/peps")
    await visibility.answered("python/peps", is_private=False, asked_at=NOW)
    assert not await visibility.is_public("python/peps")
    clock.now += timedelta(minutes=1)
    await visibility.answered("python/peps", is_private=False, asked_at=clock.now)
    assert await visibility.is_public("python/peps")
    await visibility.answered("python/peps", is_private=True, asked_at=clock.now)
    assert not await visibility.is_public("python/peps")
