"""`/pep thread` on a merged pull request, on an open one, and where it cannot work."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose
from tests.end_to_end.test_prepare import merged, published, say
from tests.review.applying_fixes import committed, patch_in, with_patch

THREAD = "https://discuss.python.org/t/a-calmer-way/92548"
SET = (
    "Discussions-To: https://discuss.python.org/t/92548\n",
    "Post-History: `19-May-2025 <https://discuss.python.org/t/92548>`__\n",
)


async def test_after_the_merge_the_follow_up_is_a_patch_that_the_bot_is_content_with(
    harness: Harness, tmp_path: Path
) -> None:
    number = await merged(harness)
    reply = await say(harness, number, f"/pep thread {THREAD} 19-May-2025", by=AUTHOR)
    after = with_patch(tmp_path / "checkout", {PATH: published(harness)}, patch_in(reply))[PATH]
    assert all(line in after for line in SET)
    assert "`PEP 842: Add Discussions-To and Post-History`: everything is ready." in reply
    assert "I have not read it" in reply
    follow_up = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title="PEP 842: Add Discussions-To and Post-History",
        files={PATH: after},
    )
    await harness.wait_until_idle()
    assert harness.conclusions(follow_up) == ["success"]
    await harness.simulator.merge(REPOSITORY, follow_up, by=EDITOR)
    await harness.wait_until_idle()
    reply = await say(harness, number, f"/pep thread {THREAD}", by=AUTHOR)
    assert "There is nothing to do: PEP 842 links this thread in both headers." in reply


@pytest.mark.exhaustive
async def test_on_an_open_pull_request_the_lines_are_suggested(harness: Harness) -> None:
    number = await propose(harness, pep(headers=""))
    reply = await say(harness, number, f"/pep thread {THREAD}/7", by=AUTHOR)
    assert "is a single post; its thread is `https://discuss.python.org/t/92548`" in reply
    reply = await say(harness, number, f"/pep thread {THREAD} 19-May-2025", by=AUTHOR)
    assert "suggested changes in a review" in reply
    remarks = harness.simulator.pull_request(REPOSITORY, number).review_comments
    after = committed(pep(), [(one.start_line or one.line, one.line, one.body) for one in remarks])
    assert all(line in after for line in SET)
    assert (
        " is for an author, a sponsor, a PEP editor or somebody who decides on the PEP."
        in await say(harness, number, f"/pep thread {THREAD}", by=STRANGER)
    )
