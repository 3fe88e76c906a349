"""A pull request that edits the bot's policy is checked, and judged by the policy of the base."""

from bot.policy.load import POLICY_PATH
from tests.end_to_end.desk import REPOSITORY, Desk


async def test_a_broken_policy_is_told_at_its_line_and_labels_nothing(desk: Desk) -> None:
    text = 'check_run_always = false\n[labels]\nnew_pepp = "fresh"\n'
    number = await desk.simulator.open_pull_request(
        REPOSITORY, by="olga", title="Meta: other labels", files={POLICY_PATH: text}
    )
    await desk.calm()
    assert desk.conclusions(number) == ["failure"]
    assert desk.annotations(number) == [
        (
            POLICY_PATH,
            3,
            "failure",
            "`labels.new_pepp`: Unknown key; did you mean `new_pep`?",
        )
    ]
    assert desk.labels(number) == set()


async def test_a_sound_policy_gets_a_green_check_and_no_word(desk: Desk) -> None:
    numbers = [
        await desk.simulator.open_pull_request(
            REPOSITORY, by="olga", title="Meta: other rules", files={POLICY_PATH: f"{text}# more\n"}
        )
        for text in ('[rules]\nnumber = "off"\n', "")
    ]
    await desk.calm()
    for number in numbers:
        assert desk.conclusions(number) == ["success"]
        assert (desk.labels(number), desk.comments(number)) == (set(), [])


async def test_a_rule_that_is_switched_off_falls_silent_where_it_spoke(desk: Desk) -> None:
    number = await desk.simulator.open_pull_request(
        REPOSITORY,
        by="olga",
        title="A calmer way",
        files={"peps/pep-9999.rst": "PEP: 9999\nTitle: Calm\nAuthor: A. N. Other\n\nText.\n"},
    )
    await desk.calm()
    assert "9999 is a placeholder" in desk.comment(number)
    off = '[rules]\nnumber = "off"\n'
    await desk.simulator.commit(REPOSITORY, {POLICY_PATH: off}, by="hugovk")
    await desk.calm()
    assert "9999 is a placeholder" not in desk.comment(number)
    assert "needs number" not in desk.labels(number)
