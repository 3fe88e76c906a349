"""Links between the project's own pages work, headings included."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

PROJECT = Path(__file__).resolve().parents[1]
PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])


READER = MarkdownIt("gfm-like", {"linkify": False})


def tokens(page: Path) -> Iterator[Token]:
    for token in READER.parse(page.read_text("utf-8")):
        yield token
        yield from token.children or ()


def links(page: Path) -> list[str]:
    """The targets of a page's links and pictures, other sites left out."""
    targets = [
        str(token.attrs.get("href") or token.attrs.get("src"))
        for token in tokens(page)
        if token.type in ("link_open", "image")
    ]
    return [target for target in targets if not re.match(r"[a-z]+:|//", target)]


@lru_cache
def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    found: set[str] = set()
    previous = None
    for token in tokens(page):
        if previous is not None and previous.type == "heading_open":
            words = re.sub(r"[^\w\- ]", "", token.content.lower()).replace(" ", "-")
            found.add(words)
        previous = token
    return found


def broken(page: Path, root: Path = PROJECT) -> list[str]:
    wrong = []
    for target in links(page):
        place, _, heading = unquote(target).partition("#")
        there = (page.parent / place).resolve() if place else page
        if (
            not there.exists()
            or not there.is_relative_to(root)
            or (heading and heading not in anchors(there))
        ):
            wrong.append(target)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_that_leads_nowhere_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A heading, here\n\n[a](none.md) [b](#a-heading-here) [c](#no) [d](..)\n")
    assert broken(page, tmp_path) == ["none.md", "#no", ".."]


def test_every_page_for_readers_can_be_reached_from_the_readme() -> None:
    reached = {PROJECT / "README.md"}
    waiting = list(reached)
    while waiting:
        page = waiting.pop()
        for target in links(page):
            there = (page.parent / unquote(target).partition("#")[0]).resolve()
            # A folder is shown with its list of files.
            for file in there.glob("*.md") if there.is_dir() else [there]:
                if file.suffix == ".md" and file.is_file() and file not in reached:
                    reached.add(file)
                    waiting.append(file)
    # GitHub itself links to these two.
    shown = {PROJECT / "CONTRIBUTING.md", PROJECT / "SECURITY.md"}
    assert set(PAGES) - reached - shown == set()
