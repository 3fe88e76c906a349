"""`check` has texts parsed, shows that it does, and remembers what came of it."""

import io
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from bot.offline import markup as module
from bot.offline.markup import MarkupCache, markups_of
from bot.peps.change import Markup, MarkupLevel, MarkupProblem
from tests.offline.builders import Repository, checked, pep, places_of, run_check

STUMBLES = ("markup", "warning", "peps/pep-0702.rst")
ODD = Markup((MarkupProblem(3, MarkupLevel.ERROR, "odd \u202e \ud800"),))


class Counted:
    """Answers without any process, and counts the texts."""

    texts: ClassVar[list[str]] = []
    answer = ODD

    def __init__(self, processes: int) -> None:
        self.processes = processes

    def __enter__(self) -> "Counted":
        return self

    def __exit__(self, *about: object) -> None:
        pass

    def read(self, texts: list[str]) -> list[Markup]:
        self.texts.extend(texts)
        return [self.answer for _ in texts]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("bot.markup.reader.MarkupWorkers", Counted)
    monkeypatch.setattr(Counted, "texts", [])
    monkeypatch.setattr(Counted, "answer", ODD)
    return Counted.texts


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def broken(repo: Repository) -> Repository:
    repo.write("peps/pep-0702.rst", pep(702).replace("29\n", "29\n\nA reference_.\n"))
    return repo


@pytest.mark.parametrize("arguments", [(), ("--base", "main"), ("peps/pep-0702.rst",)])
def test_what_does_not_parse_is_reported(repo: Repository, arguments: tuple[str, ...]) -> None:
    found = checked(broken(repo), *arguments)
    assert STUMBLES in places_of(found)
    (one,) = [one for one in found if one["rule"] == "markup"]
    text = (repo.root / "peps/pep-0702.rst").read_text().split("\n")
    assert text[one["line"] - 1] == "A reference_."


def test_a_second_run_believes_the_first(repo: Repository, counted: list[str]) -> None:
    first = checked(repo)
    assert len(counted) == 2
    assert checked(repo) == first
    assert len(counted) == 2
    repo.write("peps/pep-0700.rst", pep(700, "Vera Core") + "\n")
    assert checked(repo)
    assert len(counted) == 3
    assert checked(repo, "--no-cache")
    assert len(counted) == 5


def test_docutils_is_not_asked_where_nobody_wants_to_know(
    repo: Repository, counted: list[str]
) -> None:
    checked(repo, "--rule", "number")
    checked(repo, ".github/CODEOWNERS")
    checked(repo, "--base", "main")
    repo.write(".github/pep-bot.toml", '[rules]\nmarkup = "off"\n')
    checked(repo)
    assert counted == []
    (repo.root / ".github/pep-bot.toml").unlink()
    checked(repo, "peps/pep-0701.rst")
    assert len(counted) == 1


def test_what_was_said_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = MarkupCache(tmp_path / "new" / "cache")
    assert cache.cached("text") is None
    for text, markup in (("text", ODD), ("", Markup()), ("\ud800", Markup())):
        cache.store(text, markup)
        assert cache.cached(text) == markup


def test_what_came_to_no_end_is_not_remembered(tmp_path: Path) -> None:
    cache = MarkupCache(tmp_path)
    cache.store("text", Markup(incomplete_reason="it took longer than 10 s"))
    assert cache.cached("text") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage", [b"", b"[[1", b"\xff", b"{}", b"7", b'[["x", 3, "y"]]', b"[[1, 99, 2]]", b"[[1]]"]
)
def test_a_damaged_cache_is_as_good_as_none(
    repo: Repository, tmp_path: Path, counted: list[str], damage: bytes
) -> None:
    checked(repo)
    files = list((tmp_path / "cache").rglob("*.json"))
    assert len(files) == 2
    for file in files:
        file.write_bytes(damage)
    checked(repo)
    assert len(counted) in (2, 4), "a pair of braces is an empty answer"


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(
    repo: Repository, tmp_path: Path, counted: list[str]
) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    checked(repo)
    checked(repo)
    assert len(counted) == 4


def test_a_cache_is_left_alone_by_another_docutils(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MarkupCache(tmp_path).store("text", ODD)
    assert MarkupCache(tmp_path).cached("text") == ODD
    monkeypatch.setattr("bot.offline.markup.version", lambda _: "99")
    assert MarkupCache(tmp_path).cached("text") is None


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.offline.markup._MOST", 3)
    for number in range(9):
        MarkupCache(tmp_path).store(str(number), Markup())
    assert len(list(tmp_path.iterdir())) == 4
    assert MarkupCache(tmp_path).cached("8") == Markup()
    assert MarkupCache(tmp_path).cached("0") is None


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "texts", "shown"),
    [(Terminal(), 30, True), (Terminal(), 3, False), (io.StringIO(), 30, False)],
)
def test_a_bar_is_shown_on_a_terminal_and_for_long_work_only(
    monkeypatch: pytest.MonkeyPatch,
    counted: list[str],
    stream: io.StringIO,
    texts: int,
    shown: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    markups_of({str(n): str(n) for n in range(texts)}, None)
    assert ("Parsing reStructuredText" in stream.getvalue()) is shown
    assert len(counted) == texts


def test_the_longest_texts_come_first_and_equal_ones_once(counted: list[str]) -> None:
    markups = markups_of({"a": "x", "b": "xxx", "c": "x"}, None)
    assert counted == ["xxx", "x"]
    assert markups == dict.fromkeys("abc", ODD)
    assert module.markups_of({}, None) == {}


def test_a_text_that_cannot_be_read_is_reported_and_the_rest_is_judged(
    repo: Repository, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Counted, "answer", Markup(incomplete_reason="it is nested too deeply"))
    result = run_check(broken(repo), "--base", "main")
    assert result.exit_code == 0
    assert "nested too deeply" in result.stdout
    assert STUMBLES not in places_of(checked(repo, "--base", "main"))
