"""A pull request that edits the bot's policy is checked, and judged by the policy of the base."""

from bot.policy.load import POLICY_PATH
from tests.end_to_end.harness import REPOSITORY, Harness


async def test_a_broken_policy_is_reported_at_its_line_and_labels_nothing(harness: Harness) -> None:
    text = 'check_run_always = false\n[labels]\nnew_pepp = "fresh"\n'
    number = await harness.simulator.open_pull_request(
        REPOSITORY, by="olga", title="Meta: other labels", files={POLICY_PATH: text}
    )
    await harness.wait_until_idle()
    assert harness.conclusions(number) == ["failure"]
    assert harness.annotations(number) == [
        (
            POLICY_PATH,
            3,
            "failure",
            "`labels.new_pepp`: Unknown key; did you mean `new_pep`?",
        )
    ]
    assert harness.labels(number) == set()


async def test_a_sound_policy_gets_a_green_check_and_no_word(harness: Harness) -> None:
    numbers = [
        await harness.simulator.open_pull_request(
            REPOSITORY, by="olga", title="Meta: other rules", files={POLICY_PATH: f"{text}# more\n"}
        )
        for text in ('[rules]\nnumber = "off"\n', "")
    ]
    await harness.wait_until_idle()
    for number in numbers:
        assert harness.conclusions(number) == ["success"]
        assert (harness.labels(number), harness.comments(number)) == (set(), [])


async def test_a_rule_that_is_switched_off_falls_silent_where_it_spoke(harness: Harness) -> None:
    number = await harness.simulator.open_pull_request(
        REPOSITORY,
        by="olga",
        title="A calmer way",
        files={"peps/pep-9999.rst": "PEP: 9999\nTitle: Calm\nAuthor: A. N. Other\n\nText.\n"},
    )
    await harness.wait_until_idle()
    assert "9999 is a placeholder" in harness.comment(number)
    off = '[rules]\nnumber = "off"\n'
    await harness.simulator.commit(REPOSITORY, {POLICY_PATH: off}, by="hugovk")
    await harness.wait_until_idle()
    assert "9999 is a placeholder" not in harness.comment(number)
    assert "needs number" not in harness.labels(number)
