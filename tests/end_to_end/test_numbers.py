"""Every state of a number, and who is looked at again when a claim or a published number moves."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose, set_policy

NEEDS_NUMBER = {"new-pep", "needs number", "awaiting author"}
GOOD = {"new-pep", "awaiting sponsor"}


async def test_a_placeholder_is_a_warning_with_the_number_to_take_as_long_as_it_is_free(
    desk: Desk,
) -> None:
    number = await propose(desk, number=9999, line=None)
    assert desk.labels(number) == NEEDS_NUMBER
    assert desk.conclusions(number) == ["neutral"]
    assert desk.annotations(number) == [
        ("peps/pep-9999.rst", 1, "warning", "9999 is a placeholder. 842 is free.")
    ]
    assert "842 is free" in desk.comment(number)
    await propose(desk, by=STRANGER)
    assert "843 is free" in desk.comment(number)


@pytest.mark.exhaustive
async def test_a_number_that_was_published_meanwhile_is_an_error(desk: Desk) -> None:
    number = await propose(desk)
    await desk.simulator.commit(REPOSITORY, {PATH: pep(title="Another")}, by=EDITOR)
    await desk.calm()
    assert desk.labels(number) == NEEDS_NUMBER
    assert desk.conclusions(number) == ["failure"]
    assert desk.annotations(number) == [
        (PATH, 1, "failure", "PEP 842 is already published. The next free number is 843.")
    ]


@pytest.mark.exhaustive
async def test_a_reserved_number_is_an_error_but_for_whom_it_is_reserved(desk: Desk) -> None:
    await set_policy(desk, '[numbers.reserved]\n843 = "Reserved for Ada Merritt."\n')
    number = await propose(desk, number=843, line=None)
    assert desk.labels(number) == NEEDS_NUMBER
    assert desk.conclusions(number) == ["failure"]
    ((path, line, level, message),) = desk.annotations(number)
    assert (path, line, level) == ("peps/pep-0843.rst", 1, "failure")
    assert message == "843 is reserved (`Reserved for Ada Merritt.`). The next free number is 842."
    await desk.simulator.close(REPOSITORY, number, by=AUTHOR)
    hers = await propose(
        desk, pep(843, author="Ada Merritt <a@b.example>", sponsor=None), number=843
    )
    assert "needs number" not in desk.labels(hers)


@pytest.mark.exhaustive
async def test_unusual_numbers_are_told_and_never_refused(desk: Desk) -> None:
    for number, words in (
        (4000, "4000 is outside the ordinary run of numbers; an editor assigns it."),
        (899, "899 is free, but far ahead of the run; 842 would be next. An editor may ask why."),
    ):
        pull = await propose(desk, number=number)
        assert desk.labels(pull) == GOOD
        assert desk.annotations(pull) == [(f"peps/pep-{number:04}.rst", 1, "notice", words)]


@pytest.mark.exhaustive
async def test_file_header_and_title_have_to_agree(desk: Desk) -> None:
    number = await propose(desk, pep(843), title="PEP 844: A calmer way")
    assert desk.labels(number) == NEEDS_NUMBER
    assert desk.conclusions(number) == ["failure"]
    messages = {(level, message) for _, _, level, message in desk.annotations(number)}
    assert messages == {
        ("failure", "The header says `PEP: 843`, but the file is that of 842."),
        ("warning", "The pull request's title names PEP 844, but the file is that of 842."),
    }
    await desk.simulator.push(REPOSITORY, number, {PATH: pep()})
    await desk.simulator.edit_pull_request(REPOSITORY, number, by=AUTHOR, title="PEP 842: Calm")
    await desk.calm()
    assert desk.labels(number) == GOOD
    assert (
        "**Number 842** is the next free one; file, header, title and CODEOWNERS agree."
        in desk.comment(number)
    )


async def clash(desk: Desk) -> tuple[int, int]:
    """Two open pull requests with one number; returns the older and the later."""
    older = await propose(desk)
    later = await propose(desk, by=STRANGER)
    assert desk.labels(older) == GOOD
    assert desk.labels(later) == NEEDS_NUMBER
    assert desk.annotations(later) == [
        (
            PATH,
            1,
            "failure",
            f"PEP 842 is already claimed by #{older}. The next free number is 843.",
        )
    ]
    return older, later


async def test_the_later_of_two_claimants_is_freed_by_the_close_of_the_older_and_by_no_passing_404(
    desk: Desk,
) -> None:
    older, later = await clash(desk)
    desk.simulator.clear_requests()
    desk.simulator.fail_next(404, match=f"^GET /repos/{REPOSITORY}/pulls/{older}$")
    await desk.simulator.push(REPOSITORY, older, {PATH: pep(sponsor=None)})
    await desk.calm()
    assert "needs sponsor" in desk.labels(older), "the event is not lost"
    assert desk.labels(later) == NEEDS_NUMBER
    assert not [path for _, path in desk.writes() if f"/issues/{later}/" in path]
    await desk.simulator.close(REPOSITORY, older, by=AUTHOR)
    await desk.calm()
    assert desk.labels(later) == GOOD
    await desk.simulator.reopen(REPOSITORY, older, by=AUTHOR)
    await desk.calm()
    assert desk.labels(later) == NEEDS_NUMBER
    assert "needs number" not in desk.labels(older)


@pytest.mark.exhaustive
async def test_the_later_is_freed_when_the_older_is_renumbered_and_told_when_it_is_merged(
    desk: Desk,
) -> None:
    older, later = await clash(desk)
    await desk.simulator.push(REPOSITORY, older, {PATH: None, "peps/pep-0843.rst": pep(843)})
    await desk.calm()
    assert desk.labels(later) == GOOD
    await desk.simulator.push(REPOSITORY, older, {PATH: pep(), "peps/pep-0843.rst": None})
    await desk.simulator.merge(REPOSITORY, older, by=EDITOR)
    await desk.calm()
    assert desk.labels(later) == NEEDS_NUMBER
    assert "PEP 842 is already published. The next free number is 843." in desk.comment(later)


@pytest.mark.exhaustive
async def test_the_later_is_freed_although_the_event_of_the_closing_was_lost(desk: Desk) -> None:
    older, later = await clash(desk)
    with desk.simulator.lost_webhooks():
        await desk.simulator.close(REPOSITORY, older, by=AUTHOR)
    await desk.stop()
    await desk.start()  # looks through the open pull requests
    await desk.until(lambda: desk.labels(later) == GOOD)


async def test_nobody_is_accused_before_all_open_pull_requests_were_looked_at(desk: Desk) -> None:
    # The bot comes to a repository in which two claim one number, and the sweep is held up.
    await desk.stop()
    with desk.simulator.lost_webhooks():
        older = await propose(desk, calm=False)
        later = await propose(desk, by=STRANGER, calm=False)
    await desk.simulator.uninstall_app(desk.installation)
    (desk.folder / "bot.sqlite3").unlink()
    desk.simulator.fail_next(502, times=3, match=r"GET /repos/python/peps/pulls\?")
    await desk.start()
    await desk.simulator.settle()
    await desk.simulator.install_app([REPOSITORY])
    await desk.simulator.comment(REPOSITORY, later, by=STRANGER, body="Hello?")
    await desk.until(lambda: desk.comments(later))
    assert desk.labels(later) == GOOD, "accused before the older claimant was known"
    assert "I am still reading the other open pull requests" in desk.comment(later)
    await desk.until(lambda: desk.labels(later) == NEEDS_NUMBER)
    await desk.calm()
    assert f"already claimed by #{older}" in desk.comment(later)


async def test_a_number_put_aside_for_one_is_told_to_nobody_else_as_the_next(desk: Desk) -> None:
    first, second = await propose(desk), await propose(desk, number=843)
    say = desk.simulator.comment
    await say(REPOSITORY, second, by=EDITOR, body=f"/pep number 850 for #{second}\n/pep number")
    await say(REPOSITORY, first, by=EDITOR, body="/pep number")
    await desk.calm()
    told = desk.replies(second)[0]
    assert "**850** is put aside for this pull request. For others, the next PEP number is" in told
    assert "The next PEP number is **842**" in desk.replies(first)[0]
    assert "Unused below: 802 to 839." in told
