"""Golden 12: the sponsor of a published draft changes; and the owners of 11."""

from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, EDITOR, SPONSOR, pep
from tests.end_to_end.golden import mentions
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose
from tests.end_to_end.test_golden_ownership import queue

PATH, OWNERS = "peps/pep-0840.rst", ".github/CODEOWNERS"
NOVA, ADA = "Nova First <nova@mail.example>", "Ada Merritt <ada@python.example>"
EDITH = "Edith Quill <edith@python.example>"
KNOWN = '[people.known]\n"Nova First" = "nova"\n'


async def changed(
    harness: Harness,
    *,
    author: str = NOVA,
    before: str | None = EDITH,
    after: str | None,
    new_author: str = "",
    owners: str = "",
) -> int:
    """A pull request by Nova that changes the sponsor, or the author, of PEP 840."""
    files = {PATH: pep(840, author=author, sponsor=before), ".github/pep-bot.toml": KNOWN}
    await harness.simulator.commit(REPOSITORY, files, by=EDITOR)
    await harness.wait_until_idle()
    changes = {PATH: pep(840, author=new_author or author, sponsor=after)}
    if owners:
        changes[OWNERS] = CODEOWNERS.replace(f"{PATH}  @edith", f"{PATH}  {owners}")
    return await propose(harness, files=changes, title="PEP 840: People", by=AUTHOR)


async def test_a_draft_whose_sponsor_goes_needs_another(harness: Harness) -> None:
    number = await changed(harness, after=None)
    assert harness.labels(number) == set()
    assert harness.conclusions(number) == ["neutral"]
    assert harness.annotations(number) == [
        (
            PATH,
            3,
            "warning",
            "PEP 840 needs a sponsor until it is decided: no author is a core developer.",
        )
    ]
    comment = harness.comment(number)
    assert "PEP 840 needs a sponsor until it is decided" in comment
    assert "`Sponsor: Name <email>`" in comment
    assert mentions(comment) == []


async def test_a_new_sponsor_is_asked_in_the_check_run_and_named_in_the_queue(
    harness: Harness,
) -> None:
    number = await changed(harness, after=ADA, owners="@edith @ada")
    assert (harness.labels(number), harness.comments(number)) == (set(), [])
    assert harness.conclusions(number) == ["success"]
    assert harness.annotations(number) == []
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    assert "The sponsor Ada Merritt has not agreed here yet" in (run.summary or "")
    line = f"Sponsors' turn: 1\n  #{number} for less than a day, waiting for Ada Merritt: "
    assert line in await queue(harness)
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert harness.replies(number) == [], "a thumb is enough"
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    assert "Ada Merritt" not in (run.summary or "")
    assert "Editors' turn: 1" in (after := await queue(harness))
    assert "waiting for" not in after


async def test_a_sponsor_beside_a_core_author_is_left_out(harness: Harness) -> None:
    number = await changed(harness, author=EDITH, before=None, after=ADA, owners="@edith @ada")
    assert (harness.labels(number), harness.comments(number)) == (set(), [])
    assert harness.conclusions(number) == ["success"]
    assert harness.annotations(number) == [
        (PATH, 4, "notice", "PEP 1 asks to leave `Sponsor` out if an author is a core developer.")
    ]


async def test_a_corrected_sponsor_is_nothing_to_say(harness: Harness) -> None:
    number = await changed(harness, after="Edith M. Quill <quill@python.example>")
    assert (harness.labels(number), harness.comments(number)) == (set(), [])
    assert harness.conclusions(number) == ["success"]
    assert harness.annotations(number) == []


async def test_a_new_author_with_write_access_belongs_in_codeowners(harness: Harness) -> None:
    both = f"{NOVA},\n        {ADA}"
    number = await changed(harness, after=EDITH, new_author=both)
    assert harness.labels(number) == set()
    assert harness.conclusions(number) == ["neutral"]
    ((path, line, level, message),) = harness.annotations(number)
    assert (path, line, level) == (PATH, 3, "warning")
    assert message == (
        "The line for `peps/pep-0840.rst` lacks an author or sponsor with write access: `@ada`."
    )
    comment = harness.comment(number)
    assert f"\n    {PATH}  @edith @ada\n" in comment
    assert mentions(comment) == []
    await harness.simulator.close(REPOSITORY, number, by=AUTHOR)
    with_line = await changed(harness, after=EDITH, new_author=both, owners="@ada @edith")
    assert (harness.labels(with_line), harness.comments(with_line)) == (set(), [])
    assert harness.conclusions(with_line) == ["success"]


async def test_the_author_asks_and_an_editor_accepts_on_a_draft_too(harness: Harness) -> None:
    number = await changed(harness, after="Mallory Mint <mallory@mail.example>")
    assert "I cannot find Mallory Mint among the people who may sponsor" in harness.comment(number)
    simulator = harness.simulator
    await simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep sponsor @ada")
    await harness.wait_until_idle()
    assert "asks whether you would sponsor it, as a core developer" in harness.replies(number)[-1]
    link = "https://discuss.python.org/t/91337/47"
    body = f"/pep accept-sponsor @mallory because {link}"
    await simulator.comment(REPOSITORY, number, by=EDITOR, body=body)
    await harness.wait_until_idle()
    assert harness.conclusions(number) == ["success"]
    assert "Editors' turn: 1" in await queue(harness)
