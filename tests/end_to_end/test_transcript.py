"""The threads in the pages for authors and editors are what really happens."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import EDITOR, pep_harness
from tests.end_to_end.transcript import (
    DOCS,
    FOR_AUTHORS,
    FOR_EDITORS,
    Line,
    transcript,
    written_into,
)


@pytest.mark.parametrize(
    ("page", "lines"), [("author.md", FOR_AUTHORS), ("editor.md", FOR_EDITORS)]
)
async def test_the_thread_on_the_page_went_like_that(
    tmp_path: Path, pem: str, page: str, lines: tuple[Line, ...]
) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    async with pep_harness(tmp_path, pem, editors=[EDITOR]) as harness:
        thread = await transcript(harness, lines)
    assert text == written_into(text, thread), (
        "write it with `.uv/bin/uv run python -m tests.end_to_end.transcript`"
    )
