"""Who may help with an idea or a PEP: `/pep idea`, `/pep groups`, and the author's fold."""

from tests.end_to_end.conftest import EDITOR, STRANGER, pep
from tests.end_to_end.golden import mentions
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose, set_policy
from tests.end_to_end.test_prepare import say

IDEAS = "https://discuss.python.org/c/ideas/"
FOLD = "<details><summary>For the author</summary>"


async def test_an_editor_answers_an_idea_on_an_issue_and_on_a_pull_request(
    harness: Harness,
) -> None:
    issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Shorter loops")
    await harness.wait_until_idle()
    pull = await propose(harness)
    before = (harness.labels(pull), harness.comments(pull))
    for number in (issue, pull):
        reply = await say(harness, number, "/pep idea", by=EDITOR)
        assert IDEAS in reply
        assert mentions(reply) == []
        refused = await say(harness, number, "/pep idea", by=STRANGER)
        assert "`/pep idea` is for a PEP editor." in refused
        assert IDEAS not in refused
    assert (harness.labels(pull), harness.comments(pull)) == before, "nothing else changes"


async def test_anybody_gets_the_directory_of_work_groups(harness: Harness) -> None:
    issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Who knows TLS?")
    await harness.wait_until_idle()
    reply = await say(harness, issue, "/pep groups", by=STRANGER)
    assert "- **Python HTTP working group**" in reply
    assert "No longer active:\n\n- PSF Scientific Python work group (inactive)." in reply
    assert mentions(reply) == []


async def test_the_author_of_a_pep_on_http_learns_once_who_may_help(harness: Harness) -> None:
    await set_policy(harness, "suggest_work_groups = true\n")
    number = await propose(harness, pep(title="HTTP/3 for http.client"), title="PEP 842: HTTP/3")
    (comment,) = harness.comments(number)
    assert comment.count(FOLD) == comment.count("Python HTTP working group") == 1
    changed = pep(title="HTTP/3 for http.client", body="Other words.")
    await harness.simulator.push(REPOSITORY, number, {PATH: changed})
    await harness.wait_until_idle()
    assert harness.comments(number) == [comment], "nothing is told again"


async def test_nothing_is_said_of_groups_without_the_policy_or_about_another_pep(
    harness: Harness,
) -> None:
    number = await propose(harness, pep(title="HTTP/3 for http.client"), title="PEP 842: HTTP/3")
    (comment,) = harness.comments(number)
    assert "HTTP working group" not in comment
    await set_policy(harness, "suggest_work_groups = true\n")
    other = await propose(harness, number=843)
    (comment,) = harness.comments(other)
    assert FOLD not in comment
