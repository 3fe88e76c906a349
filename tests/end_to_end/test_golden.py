"""Real new PEPs of python/peps: unusual sponsors, a delegate, a forgotten CODEOWNERS line."""

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
from tests.end_to_end.harness import REPOSITORY
from tests.end_to_end.past import morning, reopened, short_text
from tests.replay.history import with_number

pytestmark = pytest.mark.real_data

AWAITED = """
The sponsor has not agreed here yet; an approval, or a comment with `/pep sponsor`, is enough.
"""
TYPING_PEP = f"""
Thank you for PEP 764! Everything I can check is in order; **the sponsor still has to agree**.

- **Number 764** is the next free one; file, header, title and CODEOWNERS agree.
- **Sponsor: Eric Traut**, Typing Council member, who may sponsor. {AWAITED}
- **Decided by** the Steering Council, after the
[Typing Council's recommendation](https://github.com/python/typing-council/issues/new); ask for
that once the discussion has settled.

[Preview](https://pep-previews--4082.org.readthedocs.build/pep-0764/) ·
[What editors look at](https://peps.python.org/pep-0001/#submitting-a-pep)
"""
PACKAGING_PEP = f"""
Thank you for PEP 792! Everything I can check is in order; **the sponsor still has to agree**.

- **Number 792** is the next free one; file, header, title and CODEOWNERS agree.
- **Sponsor: Donald Stufft**, core developer. {AWAITED}
- **Decided by** Donald Stufft as PEP-Delegate (standing delegation for package index interfaces),
  after discussion in the [Packaging category](https://discuss.python.org/c/packaging/14). No
  Steering Council issue is needed. `Discussions-To: Pending` is fine for now.

[Preview](https://pep-previews--4432.org.readthedocs.build/pep-0792/) ·
[What editors look at](https://peps.python.org/pep-0001/#submitting-a-pep)
"""
CREATED = "`Created` is the day the number was taken; this pull request was opened on 13-Mar-2025."
ASKED = "Please add a line for this file to `.github/CODEOWNERS`."
FORGOTTEN_LINE = f"""
Thank you for PEP 779! **One step is yours** before an editor reviews it:

**Add one line.** {ASKED} It belongs after the entry for PEP 777. GitHub then asks the owners to
review later changes to the PEP.

    peps/pep-0779.rst  @Yhg1s @mpage @colesbury

- **Number 779** is free, so you can keep it. (776 is also free and would be next in order, if you
  have not announced 779 yet.)
- **Sponsor:** none is needed, because the authors are core developers.
- **Decided by** the Steering Council, after public discussion.
- {CREATED}

[Preview](https://pep-previews--4301.org.readthedocs.build/pep-0779/) ·
[What editors look at](https://peps.python.org/pep-0001/#submitting-a-pep)
"""


@pytest.mark.exhaustive
async def test_a_typing_pep_waits_for_its_sponsor_from_the_typing_council(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4082)
    day = morning(24, 10, 2024)
    async with reopened(
        tmp_path, pem, shared_data, merged, day, by="Viicos", claims={763: 4080}
    ) as (harness, number):
        assert number == 4082
        title = "PEP 764: Inlined typed dictionaries"
        assert opened(harness, number) == (title, "Viicos", "2024-10-24")
        assert harness.labels(number) == {"new-pep", "awaiting sponsor"}
        assert harness.conclusions(number) == ["neutral"]
        assert harness.annotations(number) == []
        before = harness.comment(number)
        assert words(before) == words(TYPING_PEP)
        assert fold(before).startswith(
            "Checked and in order: number, sponsor, CODEOWNERS, header, "
            "sections `Abstract` and `Copyright`, reStructuredText, title of the pull request."
        )
        assert "To fix" not in fold(before)
        assert mentions(before) == []

        await harness.simulator.review(REPOSITORY, number, by="erictraut", state="APPROVED")
        await harness.wait_until_idle()
        assert harness.labels(number) == {"new-pep", "awaiting editor"}
        assert harness.conclusions(number) == ["success"]
        assert harness.annotations(number) == []
        after = harness.comment(number)
        assert f"Thank you for PEP 764! {REVIEWED_NEXT}" in after
        assert "Typing Council member, [agreed here](" in line_about("Sponsor", after)
        for subject in ("Number", "Decided by"):
            assert line_about(subject, after) == line_about(subject, before)


async def test_a_packaging_pep_keeps_its_number_and_goes_to_its_delegate(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4432)
    day = morning(21, 5, 2025)
    async with reopened(
        tmp_path, pem, shared_data, merged, day, by="woodruffw", claims=OPEN_IN_MAY_2025
    ) as (harness, number):
        assert number == 4432
        title = "PEP 792: Project status markers in the simple index"
        assert opened(harness, number) == (title, "woodruffw", "2025-05-21")
        assert harness.labels(number) == {"new-pep", "awaiting sponsor"}
        assert harness.conclusions(number) == ["neutral"]
        assert harness.annotations(number) == []
        before = harness.comment(number)
        assert words(before) == words(PACKAGING_PEP)
        assert fold(before).startswith("Checked and in order: number, sponsor, CODEOWNERS, ")
        assert "To fix" not in fold(before)
        assert mentions(before) == []

        later = {f"peps/pep-0{other}.rst": short_text(other) for other in (793, 794)}
        await harness.simulator.commit(REPOSITORY, later, by="hugovk")
        await harness.simulator.review(REPOSITORY, number, by="dstufft", state="APPROVED")
        await harness.wait_until_idle()
        assert harness.labels(number) == {"new-pep", "awaiting editor"}
        assert harness.conclusions(number) == ["success"]
        assert harness.annotations(number) == []
        after = harness.comment(number)
        assert f"Thank you for PEP 792! {REVIEWED_NEXT}" in after
        assert line_about("Number", after) == (
            "- **Number 792**: file, header, title and CODEOWNERS agree. It is yours; later PEPs "
            "may be published before it."
        )
        assert "core developer, [agreed here](" in line_about("Sponsor", after)
        assert line_about("Decided by", after) == line_about("Decided by", before)


async def test_core_developers_who_forgot_codeowners_get_the_line_to_paste(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4301)
    day = morning(13, 3, 2025)
    async with reopened(
        tmp_path, pem, shared_data, merged, day, by="Yhg1s", claims={778: 3786}
    ) as (harness, number):
        assert number == 4301
        title = "PEP 779: Criteria for supported status for free-threaded Python initial draft."
        assert opened(harness, number) == (title, "Yhg1s", "2025-03-13")
        assert harness.labels(number) == {"new-pep", "needs codeowners", "awaiting author"}
        assert harness.conclusions(number) == ["neutral"]
        assert harness.annotations(number) == [
            ("peps/pep-0779.rst", 1, "warning", ASKED),
            ("peps/pep-0779.rst", 8, "notice", CREATED),
        ]
        comment = harness.comment(number)
        assert words(comment) == words(FORGOTTEN_LINE)
        assert "\nTo fix: CODEOWNERS.\n" in fold(comment)
        assert "\n\n    peps/pep-0779.rst  @Yhg1s @mpage @colesbury\n\n" in comment
        assert mentions(comment) == []
