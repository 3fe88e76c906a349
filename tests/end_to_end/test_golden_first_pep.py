"""PEP 791, the first PEP of an author outside the core team: from its opening to its merge."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.end_to_end.golden import (
    OPEN_IN_MAY_2025,
    REVIEWED_NEXT,
    fold,
    line_about,
    mentions,
    opened,
    words,
)
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.past import (
    PastClock,
    harness_on_past_day,
    morning,
    reopened,
    repository_for,
)
from tests.replay.history import with_number

pytestmark = pytest.mark.real_data

DAY = morning(12, 5, 2025)
BODY = (
    "## Basic requirements\n\n"
    "* [x] PEP has next available number, & set in filename\n"
    "* [x] Core dev/PEP editor listed as ``Author`` or ``Sponsor``, and formally confirmed their "
    "approval: https://discuss.python.org/t/91337/47\n"
)
LINKED = """
- **Sponsor: Victor Stinner**, core developer. You linked
[a post](https://discuss.python.org/t/91337/47) as the sponsor's agreement; I have not read it.
An approval by the sponsor here, or a comment with `/pep sponsor`, settles it.
"""
OTHERWISE = f"""
Thank you for PEP 791! {REVIEWED_NEXT}

- **Number 791** is the next free one; file, header, title and CODEOWNERS agree.
SPONSOR
- **Decided by** the Steering Council, after public discussion. `Discussions-To: Pending` is fine
  for now.

[Preview](https://pep-previews--4422.org.readthedocs.build/pep-0791/) ·
[What editors look at](https://peps.python.org/pep-0001/#submitting-a-pep)
"""
MERGED = """
PEP 791 is published: https://peps.python.org/pep-0791/ Two steps are left for you:

1. [Open its discussion
thread](https://discuss.python.org/new-topic?category=peps&title=PEP%20791%3A%20imath%20---%20module%20for%20integer-specific%20mathematics%20functions&body=This%20is%20the%20discussion%20thread%20of%20PEP%20791%3A%20imath%20---%20module%20for%20integer-specific%20mathematics%20functions%0A%0AThe%20PEP%3A%20https%3A%2F%2Fpeps.python.org%2Fpep-0791%2F)
   in the PEPs category (prefilled form). Python's
   [Code of Conduct](https://www.python.org/psf/conduct/) applies there.
2. Open a small pull request that adds the thread to `Discussions-To` and `Post-History`.
   Comment `/pep thread LINK` here and I will prepare it as a patch, or
   [edit the PEP](https://github.com/python/peps/edit/main/peps/pep-0791.rst) yourself.
   The lines are:

        Discussions-To: LINK
        Post-History: `DD-Mmm-YYYY <LINK>`__

Later, when the discussion has settled, your sponsor can help you submit the PEP to the Steering
Council.
"""
UNSPONSORED = """
Thank you for this proposal! Two steps are **yours** before an editor reviews it:

1. **Find a sponsor.** No author is on the core team list, so the PEP needs a `Sponsor` line.
   PEP 1 asks for a core developer, PEP editor or Typing Council member who guides you. Good people
   to ask are those who liked the idea in the discussion. When one agrees, add
   `Sponsor: Name <email>` below `Author`.
2. **Use number 791.** 9999 is a placeholder. 791 is free. Rename the file to `peps/pep-0791.rst`
   and set `PEP: 791` and the title to match. It is easier now than during review.

The CODEOWNERS line depends on the sponsor; I will give it to you once that is settled. If you are
unsure, just ask here, and mention `@python/pep-editors`.

[Preview](https://pep-previews--4422.org.readthedocs.build/pep-9999/) ·
[About sponsors](https://peps.python.org/pep-0001/#submitting-a-pep)
"""


@asynccontextmanager
async def pep_791(folder: Path, pem: str, data: Path) -> AsyncIterator[tuple[Harness, int]]:
    async with reopened(
        folder,
        pem,
        data,
        with_number(data, 4422),
        DAY,
        by="skirpichev",
        body=BODY,
        claims=OPEN_IN_MAY_2025,
    ) as (harness, number):
        yield harness, number


async def test_from_its_opening_by_the_sponsors_word_to_the_next_steps_after_its_merge(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    """With a linked post nothing is asked of its author; each event changes what it is about."""
    async with pep_791(tmp_path, pem, shared_data) as (harness, number):
        assert number == 4422
        assert opened(harness, number) == (
            "PEP 791: imath --- module for integer-specific mathematics functions",
            "skirpichev",
            "2025-05-12",
        )
        assert harness.labels(number) == {"new-pep", "awaiting editor"}
        assert harness.conclusions(number) == ["success"]
        assert harness.annotations(number) == []
        assert words(harness.comment(number)) == words(OTHERWISE.replace("SPONSOR", LINKED))
        assert mentions(harness.comment(number)) == []

        await harness.simulator.comment(REPOSITORY, number, by="vstinner", body="/pep sponsor")
        await harness.wait_until_idle()
        assert harness.labels(number) == {"new-pep", "awaiting editor"}
        assert harness.conclusions(number) == ["success"]
        assert harness.annotations(number) == []
        agreed = line_about("Sponsor", harness.comment(number))
        assert re.fullmatch(
            r"- \*\*Sponsor: Victor Stinner\*\*, core developer, \[agreed here\]"
            r"\(https://github\.com/python/peps/pull/4422#\w+-\d+\)\.",
            agreed,
        )
        assert words(harness.comment(number)) == words(OTHERWISE.replace("SPONSOR", agreed))

        labels, summary = harness.labels(number), harness.comment(number)
        await harness.simulator.merge(REPOSITORY, number, by="hugovk")
        await harness.wait_until_idle()
        await harness.simulator.comment(REPOSITORY, number, by="skirpichev", body="Thanks!")
        await harness.wait_until_idle()
        first, second = harness.comments(number)
        assert first == summary
        assert words(second) == words(MERGED)
        assert mentions(second) == []
        assert harness.labels(number) == labels
        assert harness.conclusions(number) == ["success"]


async def test_as_a_placeholder_without_sponsor_it_is_told_two_steps_and_a_draft_fails_no_check(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4422)
    (pep,) = merged.new
    path = "peps/pep-9999.rst"
    lines = pep.text.replace("PEP: 791", "PEP: 9999", 1).splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("Sponsor:"))
    files = repository_for(shared_data, merged, DAY)
    async with harness_on_past_day(
        tmp_path, pem, shared_data, files, PastClock(DAY), claims=OPEN_IN_MAY_2025
    ) as harness:
        number = await harness.simulator.open_pull_request(
            REPOSITORY,
            by="skirpichev",
            title=merged.title.replace("791", "9999"),
            files={path: text},
            number=4422,
        )
        await harness.wait_until_idle()
        labels = {"new-pep", "needs sponsor", "needs number", "awaiting author"}
        assert harness.labels(number) == labels
        assert harness.conclusions(number) == ["failure"]
        missing = "No author is on the core team list, so the PEP needs a `Sponsor` line."
        assert sorted(harness.annotations(number)) == [
            (path, 1, "warning", "9999 is a placeholder. 791 is free."),
            (path, 3, "failure", missing),
        ]
        assert words(harness.comment(number)) == words(UNSPONSORED)
        inside = fold(harness.comment(number))
        assert "\nTo fix: number, sponsor.\n" in inside
        assert "CODEOWNERS" not in inside
        assert mentions(harness.comment(number)) == []

        await harness.simulator.mark_draft(REPOSITORY, number)
        await harness.wait_until_idle()
        assert harness.labels(number) == labels
        assert harness.conclusions(number) == ["neutral"]
        assert words(harness.comment(number)) == words(UNSPONSORED)
