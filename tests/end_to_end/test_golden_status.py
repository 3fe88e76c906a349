"""Real pull requests of python/peps that change a PEP's status, as opened and as merged."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.end_to_end.golden import fold, mentions
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.past import morning, reopened
from tests.replay.history import Merged, with_number

pytestmark = pytest.mark.real_data

POST = "https://discuss.python.org/t/66453/63"
BARE = "https://discuss.python.org/t/pep-758-allow-except-without-parentheses/66453/63"
UNLINKED = (
    "A Final PEP should point to the documentation that is now the reference (`canonical-doc`)."
)


def with_text(merged: Merged, changed: Callable[[str], str]) -> Merged:
    """The same pull request with another text of its only file."""
    (file,) = merged.change.files
    after = changed(file.after or "")
    assert after != file.after
    change = replace(merged.change, files=(replace(file, after=after),))
    return replace(merged, change=change)


def is_silent(harness: Harness, number: int) -> bool:
    return not (harness.labels(number) or harness.comments(number) or harness.annotations(number))


def summary(harness: Harness, number: int) -> str:
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    return run.summary or ""


def as_opened_758(text: str) -> str:
    dated = f"`14-Mar-2025 <{POST}>`__"
    assert dated in text
    return text.replace("\nStatus:", "\nPEP-Delegate: TBD\nStatus:", 1).replace(dated, BARE)


async def test_a_decision_with_a_placeholder_and_without_a_day(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_text(with_number(shared_data, 4304), as_opened_758)
    async with reopened(
        tmp_path, pem, shared_data, merged, morning(15, 3, 2025), by="vstinner"
    ) as (harness, number):
        assert harness.labels(number) == {"awaiting author"}
        assert harness.conclusions(number) == ["neutral"]
        delegate, resolution = harness.annotations(number)
        assert delegate == (
            "peps/pep-0758.rst",
            4,
            "warning",
            "A decided PEP should not keep a placeholder. Remove the line if nobody was appointed.",
        )
        assert resolution[:3] == ("peps/pep-0758.rst", 10, "warning")
        assert "day of the decision" in resolution[3]
        comment = harness.comment(number)
        assert "This marks PEP 758 as **Accepted**. Two things to fix:" in comment
        assert "- Line 4: " in comment
        assert "- Line 10: " in comment
        assert f"DD-Mmm-YYYY <{POST}>`__" in comment
        assert "14-Mar-2025" not in comment
        (editor,) = [line for line in comment.splitlines() if line.startswith("**For the editor")]
        assert "the Steering Council decides on this PEP" in editor
        assert "I have not read the linked post" in editor
        assert "somebody other than the PEP's authors (Pablo Galindo, Brett Cannon)" in editor
        assert "To fix: Resolution, delegate" in fold(comment)
        assert mentions(comment) == []


async def test_a_decision_in_order_gets_a_green_check_and_no_word(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4304)
    async with reopened(
        tmp_path, pem, shared_data, merged, morning(17, 3, 2025), by="vstinner"
    ) as (harness, number):
        assert is_silent(harness, number)
        assert harness.conclusions(number) == ["success"]
        summary_text = summary(harness, number)
        assert summary_text.startswith("PEP 758: Draft to Accepted, with a dated Resolution.")
        assert "For you to judge" in summary_text


def as_opened_750(text: str) -> str:
    return text.replace(
        ".. canonical-doc:: :ref:`py3.14:template-strings`",
        ".. canonical-doc: ref:`python:template-strings`",
    )


async def test_a_directive_with_one_colon_is_given_fixed(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_text(with_number(shared_data, 4551), as_opened_750)
    async with reopened(
        tmp_path, pem, shared_data, merged, morning(16, 8, 2025), by="davepeck"
    ) as (harness, number):
        assert harness.labels(number) == {"awaiting author"}
        assert harness.conclusions(number) == ["neutral"]
        ((path, line, level, message),) = harness.annotations(number)
        assert (path, line, level) == ("peps/pep-0750.rst", 20, "warning")
        assert message.startswith("With one colon this is a comment and will not be shown.")
        comment = harness.comment(number)
        assert "This marks PEP 750 as **Final**. One thing to fix:" in comment
        assert "Line 20" in comment
        assert "role also lacks its first colon" in comment
        assert "\n\n    .. canonical-doc:: :ref:`python:template-strings`\n" in comment
        assert "**For the editor:**" not in comment
        assert mentions(comment) == []


async def test_a_final_pep_with_its_directive_gets_a_green_check_and_no_word(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4551)
    async with reopened(
        tmp_path, pem, shared_data, merged, morning(17, 8, 2025), by="davepeck"
    ) as (harness, number):
        assert is_silent(harness, number)
        assert harness.conclusions(number) == ["success"]
        assert summary(harness, number).startswith(
            "PEP 750: Accepted to Final, with canonical-doc."
        )


async def test_a_final_pep_without_a_link_to_the_documentation_is_asked_for_it(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4585)
    async with reopened(
        tmp_path, pem, shared_data, merged, morning(13, 9, 2025), by="vstinner"
    ) as (harness, number):
        assert harness.labels(number) == {"awaiting author"}
        assert harness.conclusions(number) == ["neutral"]
        assert harness.annotations(number) == [
            (
                "peps/pep-0782.rst",
                5,
                "warning",
                UNLINKED,
            )
        ]
        comment = harness.comment(number)
        assert "This marks PEP 782 as **Final**." in comment
        assert "\n\n    .. canonical-doc:: :ref:`label-in-the-docs`\n" in comment
        assert "If there is no such page" in comment
        assert "an editor can skip this check" in comment
        inside = fold(comment)
        assert "To fix: link to the documentation" in inside
        assert "status change" in inside.partition("To fix")[0]
        assert mentions(comment) == []
