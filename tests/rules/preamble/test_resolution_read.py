"""The rule on `Resolution` when its post was read (`[discourse]`)."""

from datetime import UTC, datetime

import pytest

from bot.peps.forum import NO_FORUM_DATA, Forum, ForumPost, PostRef
from bot.policy.load import parse_policy
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from tests.rules.builders import change, context, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
POST = "https://discuss.python.org/t/66453/63"
READ = Forum(
    {PostRef(66453, 63): ForumPost(datetime(2025, 3, 15, 1, 30, tzinfo=UTC), "ada", "Ada *M.*")}
)


def reading(forum: Forum) -> Context:
    policy = parse_policy('[discourse]\nhost = "https://discuss.python.org"\n')
    return context(policy=policy, forum=forum)


def decided(resolution: str, known: Context) -> list[Finding]:
    after = pep_text(758, Status="Accepted", Resolution=resolution)
    return findings("resolution", change(modified(pep_text(758), after, PATH)), known)


def test_a_bare_link_is_given_the_day_of_the_post_in_utc() -> None:
    (found,) = decided(POST, reading(READ))
    assert found.paste == f"Resolution: `15-Mar-2025 <{POST}>`__"
    assert found.line is not None
    assert found.fix == Fix(found.line, found.line, (found.paste,))
    assert found.help == "The linked post is from 15-Mar-2025 (UTC) by Ada M. (`ada` on the forum)."


def test_without_the_post_no_day_is_guessed_and_the_reason_is_given() -> None:
    (unasked,) = decided(POST, context())
    (failed,) = decided(POST, reading(NO_FORUM_DATA))
    assert unasked.help == "I have not read the post, so I cannot fill in the day."
    assert failed.help == "I could not read the post, so I cannot fill in the day."
    assert {unasked.fix, failed.fix} == {None}
    assert unasked.paste == failed.paste == f"Resolution: `DD-Mmm-YYYY <{POST}>`__"


def test_a_placeholder_for_the_day_is_filled_in() -> None:
    (found,) = decided(f"`DD-Mmm-YYYY <{POST}>`__", reading(READ))
    assert found.paste == f"Resolution: `15-Mar-2025 <{POST}>`__"


@pytest.mark.parametrize("day", ["14-Mar-2025", "15-Mar-2025"])
def test_the_day_of_the_post_anywhere_on_earth_is_in_order(day: str) -> None:
    assert decided(f"`{day} <{POST}>`__", reading(READ)) == []


@pytest.mark.parametrize("day", ["13-Mar-2025", "16-Mar-2025", "15-Mar-2024"])
def test_another_day_is_reported(day: str) -> None:
    (found,) = decided(f"`{day} <{POST}>`__", reading(READ))
    assert found.severity is Severity.NOTICE
    assert found.message == (
        f"The linked post is from 15-Mar-2025 (UTC) by Ada M. (`ada` on the forum), not from {day}."
    )
