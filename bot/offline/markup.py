"""Has docutils read texts, in as many processes as there are cores, and caches the results."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Self

import bot
from bot.markup.process import decode, encode
from bot.peps.change import Markup

_MOST = 5_000
"""The most files in the cache; a PEP repository has some 700 texts."""

_SOURCES = ("markup/read.py", "markup/process.py", "markup/names.toml", "peps/preamble.py")


class MarkupCache:
    """A folder with cached results."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_trimmed = False

    @classmethod
    def of_user(cls) -> Self:
        """The cache of the user who runs this."""
        from platformdirs import user_cache_path

        return cls(user_cache_path("pep-bot") / "markup")

    def cached(self, text: str) -> Markup | None:
        """The cached result for a text; None if there is none."""
        try:
            return decode(self._place(text).read_bytes())
        except (OSError, ValueError, TypeError):
            return None

    def store(self, text: str, markup: Markup) -> None:
        """Cache a result, unless it says more about this machine than about the text."""
        if markup.incomplete_reason:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._trim()
            # Moved into place, so that nobody reads half of it.
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as written:
                written.write(encode(markup))
            Path(written.name).replace(self._place(text))

    def _place(self, text: str) -> Path:
        digest = hashlib.sha256(self._version_hash)
        digest.update(text.encode("utf-8", "surrogatepass"))
        return self._folder / f"{digest.hexdigest()}.json"

    @cached_property
    def _version_hash(self) -> bytes:
        """A hash of what else the result depends on: docutils, and the code that reads."""
        folder = Path(bot.__file__).parent
        code = b"".join((folder / name).read_bytes() for name in _SOURCES)
        return hashlib.sha256(version("docutils").encode() + code).digest()

    def _trim(self) -> None:
        """Delete the oldest files, once per run."""
        if self._is_trimmed:
            return
        self._is_trimmed = True
        entries = sorted(_with_times(os.scandir(self._folder)))
        for _, path in entries[: max(0, len(entries) - _MOST)]:
            Path(path).unlink(missing_ok=True)


def _with_times(entries: Iterable["os.DirEntry[str]"]) -> Iterable[tuple[float, str]]:
    return ((entry.stat().st_mtime, entry.path) for entry in entries)


_PROGRESS_BAR_FROM = 10
"""A progress bar is shown for at least this many texts."""


def markups_of(texts: Mapping[str, str], cache: MarkupCache | None) -> dict[str, Markup]:
    """What docutils reads in each text.

    Args:
        texts: The texts by their paths.
        cache: Earlier results; None to parse everything again and cache nothing.
    """
    every = set(texts.values())
    markups = {text: cached for text in every if cache and (cached := cache.cached(text))}
    missing = sorted(every - markups.keys(), key=len, reverse=True)
    if missing:
        for text, markup in zip(missing, _read(missing), strict=True):
            markups[text] = markup
            if cache:
                cache.store(text, markup)
    return {path: markups[text] for path, text in texts.items()}


def _read(texts: list[str]) -> Iterator[Markup]:
    from bot.markup.reader import MarkupWorkers

    with MarkupWorkers(min(os.cpu_count() or 1, len(texts))) as workers:
        yield from _with_progress_bar(workers.read(texts), len(texts))


def _with_progress_bar(markups: Iterable[Markup], total: int) -> Iterable[Markup]:
    """The same, with a progress bar on a terminal; piped output is not disturbed."""
    if total < _PROGRESS_BAR_FROM or not sys.stderr.isatty():
        return markups
    from rich.console import Console
    from rich.progress import track

    return track(
        markups,
        "Parsing reStructuredText",
        total=total,
        console=Console(stderr=True),
        transient=True,
    )
