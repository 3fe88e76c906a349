"""Every state of a number; and which pull requests are reviewed again when numbers change."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose, set_policy

NEEDS_NUMBER = {"new-pep", "needs number", "awaiting author"}
GOOD = {"new-pep", "awaiting sponsor"}


async def test_a_placeholder_is_a_warning_with_the_number_to_take_as_long_as_it_is_free(
    harness: Harness,
) -> None:
    number = await propose(harness, number=9999, line=None)
    assert harness.labels(number) == NEEDS_NUMBER
    assert harness.conclusions(number) == ["neutral"]
    assert harness.annotations(number) == [
        ("peps/pep-9999.rst", 1, "warning", "9999 is a placeholder. 842 is free.")
    ]
    assert "842 is free" in harness.comment(number)
    await propose(harness, by=STRANGER)
    assert "843 is free" in harness.comment(number)


@pytest.mark.exhaustive
async def test_a_number_that_was_published_meanwhile_is_an_error(harness: Harness) -> None:
    number = await propose(harness)
    await harness.simulator.commit(REPOSITORY, {PATH: pep(title="Another")}, by=EDITOR)
    await harness.wait_until_idle()
    assert harness.labels(number) == NEEDS_NUMBER
    assert harness.conclusions(number) == ["failure"]
    assert harness.annotations(number) == [
        (PATH, 1, "failure", "PEP 842 is already published. The next free number is 843.")
    ]


@pytest.mark.exhaustive
async def test_a_reserved_number_is_an_error_but_for_whom_it_is_reserved(harness: Harness) -> None:
    await set_policy(harness, '[numbers.reserved]\n843 = "Reserved for Ada Merritt."\n')
    number = await propose(harness, number=843, line=None)
    assert harness.labels(number) == NEEDS_NUMBER
    assert harness.conclusions(number) == ["failure"]
    ((path, line, level, message),) = harness.annotations(number)
    assert (path, line, level) == ("peps/pep-0843.rst", 1, "failure")
    assert message == "843 is reserved (`Reserved for Ada Merritt.`). The next free number is 842."
    await harness.simulator.close(REPOSITORY, number, by=AUTHOR)
    hers = await propose(
        harness, pep(843, author="Ada Merritt <a@b.example>", sponsor=None), number=843
    )
    assert "needs number" not in harness.labels(hers)


@pytest.mark.exhaustive
async def test_unusual_numbers_are_reported_and_never_refused(harness: Harness) -> None:
    for number, words in (
        (4000, "4000 is outside the ordinary range; an editor assigns such numbers."),
        (899, "899 is free, but far ahead; 842 would be next. An editor may ask why."),
    ):
        pull = await propose(harness, number=number)
        assert harness.labels(pull) == GOOD
        assert harness.annotations(pull) == [(f"peps/pep-{number:04}.rst", 1, "notice", words)]


@pytest.mark.exhaustive
async def test_file_header_and_title_have_to_agree(harness: Harness) -> None:
    number = await propose(harness, pep(843), title="PEP 844: A calmer way")
    assert harness.labels(number) == NEEDS_NUMBER
    assert harness.conclusions(number) == ["failure"]
    messages = {(level, message) for _, _, level, message in harness.annotations(number)}
    assert messages == {
        ("failure", "The header says `PEP: 843`, but the file name says 842."),
        ("warning", "The pull request's title names PEP 844, but the file name says 842."),
    }
    await harness.simulator.push(REPOSITORY, number, {PATH: pep()})
    await harness.simulator.edit_pull_request(REPOSITORY, number, by=AUTHOR, title="PEP 842: Calm")
    await harness.wait_until_idle()
    assert harness.labels(number) == GOOD
    assert (
        "**Number 842** is the next free one; file, header, title and CODEOWNERS agree."
        in harness.comment(number)
    )


async def clash(harness: Harness) -> tuple[int, int]:
    """Two open pull requests with one number; returns the older and the later."""
    older = await propose(harness)
    later = await propose(harness, by=STRANGER)
    assert harness.labels(older) == GOOD
    assert harness.labels(later) == NEEDS_NUMBER
    assert harness.annotations(later) == [
        (
            PATH,
            1,
            "failure",
            f"PEP 842 is already claimed by #{older}. The next free number is 843.",
        )
    ]
    return older, later


async def test_the_later_of_two_claimants_is_freed_by_the_close_of_the_older_and_by_no_passing_404(
    harness: Harness,
) -> None:
    older, later = await clash(harness)
    harness.simulator.clear_requests()
    harness.simulator.fail_next(404, match=f"^GET /repos/{REPOSITORY}/pulls/{older}$")
    await harness.simulator.push(REPOSITORY, older, {PATH: pep(sponsor=None)})
    await harness.wait_until_idle()
    assert "needs sponsor" in harness.labels(older), "the event is not lost"
    assert harness.labels(later) == NEEDS_NUMBER
    assert not [path for _, path in harness.writes() if f"/issues/{later}/" in path]
    await harness.simulator.close(REPOSITORY, older, by=AUTHOR)
    await harness.wait_until_idle()
    assert harness.labels(later) == GOOD
    await harness.simulator.reopen(REPOSITORY, older, by=AUTHOR)
    await harness.wait_until_idle()
    assert harness.labels(later) == NEEDS_NUMBER
    assert "needs number" not in harness.labels(older)


@pytest.mark.exhaustive
async def test_the_later_is_freed_when_the_older_is_renumbered_and_told_when_it_is_merged(
    harness: Harness,
) -> None:
    older, later = await clash(harness)
    await harness.simulator.push(REPOSITORY, older, {PATH: None, "peps/pep-0843.rst": pep(843)})
    await harness.wait_until_idle()
    assert harness.labels(later) == GOOD
    await harness.simulator.push(REPOSITORY, older, {PATH: pep(), "peps/pep-0843.rst": None})
    await harness.simulator.merge(REPOSITORY, older, by=EDITOR)
    await harness.wait_until_idle()
    assert harness.labels(later) == NEEDS_NUMBER
    assert "PEP 842 is already published. The next free number is 843." in harness.comment(later)


@pytest.mark.exhaustive
async def test_the_later_is_freed_although_the_event_of_the_closing_was_lost(
    harness: Harness,
) -> None:
    older, later = await clash(harness)
    with harness.simulator.lost_webhooks():
        await harness.simulator.close(REPOSITORY, older, by=AUTHOR)
    await harness.stop()
    await harness.start()  # looks through the open pull requests
    await harness.until(lambda: harness.labels(later) == GOOD)


async def test_nobody_is_accused_before_all_open_pull_requests_were_looked_at(
    harness: Harness,
) -> None:
    # The bot comes to a repository in which two claim one number, and the sweep is held up.
    await harness.stop()
    with harness.simulator.lost_webhooks():
        older = await propose(harness, wait_until_idle=False)
        later = await propose(harness, by=STRANGER, wait_until_idle=False)
    await harness.simulator.uninstall_app(harness.installation)
    (harness.folder / "bot.sqlite3").unlink()
    harness.simulator.fail_next(502, times=3, match=r"GET /repos/python/peps/pulls\?")
    await harness.start()
    await harness.simulator.settle()
    await harness.simulator.install_app([REPOSITORY])
    await harness.simulator.comment(REPOSITORY, later, by=STRANGER, body="Hello?")
    await harness.until(lambda: harness.comments(later))
    assert harness.labels(later) == GOOD, "accused before the older claimant was known"
    assert "I have not read all other open pull requests yet" in harness.comment(later)
    await harness.until(lambda: harness.labels(later) == NEEDS_NUMBER)
    await harness.wait_until_idle()
    assert f"already claimed by #{older}" in harness.comment(later)


async def test_a_number_reserved_for_one_is_suggested_to_nobody_else(harness: Harness) -> None:
    first, second = await propose(harness), await propose(harness, number=843)
    say = harness.simulator.comment
    await say(REPOSITORY, second, by=EDITOR, body=f"/pep number 850 for #{second}\n/pep number")
    await say(REPOSITORY, first, by=EDITOR, body="/pep number")
    await harness.wait_until_idle()
    reply = harness.replies(second)[0]
    assert "**850** is reserved for this pull request. For others, the next PEP number is" in reply
    assert "**842** is claimed by this pull request. For others," in harness.replies(first)[0]
    assert "Unused below: 802 to 839." in reply
