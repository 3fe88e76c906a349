"""What a PEP consists of besides its header: its abstract, open issues, images, and other files."""

from pathlib import Path

from tests.end_to_end import budget
from tests.end_to_end.conftest import AUTHOR, EDITOR, pep, with_line
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import LINE, PATH, Files, propose
from tests.end_to_end.test_prepare import say
from tests.review.applying_fixes import patch_in, with_patch

OWNERS = {".github/CODEOWNERS": with_line(LINE)}
OPEN_ISSUES = "Open Issues\n===========\n\n* Which way is calmer?\n"
MOTIVATION = "Motivation\n==========\n\n" + "Much to say. " * 30
IMAGES_IN_841 = pep(841, body="Words.\n\n.. image:: pep-0841/never-there.svg", status="Final")


def with_section(section: str, text: str) -> str:
    return text.replace("Copyright\n", f"{section}\n\n\nCopyright\n", 1)


async def test_the_fold_names_a_long_abstract_and_what_else_pep_1_has_editors_look_at(
    harness: Harness,
) -> None:
    long = await propose(harness, pep(body="Some calm words.\n" * 84))
    fold = harness.comment(long).partition("<summary>For the editor</summary>")[2]
    assert "whether the `Abstract` of PEP 842 can be shorter: it has 252 words" in fold
    assert "- whether the type of the PEP is right\n" in fold
    assert "- whether language and code style are without obvious defects (code follows" in fold
    short = await propose(harness, with_section(MOTIVATION, pep(843)), number=843)
    assert "can be shorter" not in harness.comment(short)


async def test_open_issues_are_told_when_the_pep_is_submitted_and_when_it_is_accepted(
    harness: Harness,
) -> None:
    lists, none = pep(842), pep(843)
    lists = with_section(OPEN_ISSUES, lists)
    none = with_section("Open Issues\n===========\n\nNone yet.\n", none)
    peps = {PATH: lists, "peps/pep-0843.rst": none}
    await harness.simulator.commit(REPOSITORY, peps, by=EDITOR)
    await harness.wait_until_idle()
    issue = await harness.simulator.open_issue(REPOSITORY, by=AUTHOR, title="Ready?")
    told = "- what its section `Open Issues` lists is settled;"
    assert told in await say(harness, issue, "/pep submit 842", by=EDITOR)
    assert "Open Issues" not in await say(harness, issue, "/pep submit 843", by=EDITOR)

    accepted = {path: text.replace("Draft", "Accepted") for path, text in peps.items()}
    number = await propose(harness, files=accepted, title="PEP 842, 843: Mark as Accepted")
    line = lists.split("\n").index("Open Issues") + 1
    message = "The PEP becomes Accepted, but `Open Issues` is not empty."
    notes = [one for one in harness.annotations(number) if "Open Issues" in one[3]]
    assert [one[:3] for one in notes] == [(PATH, line, "notice")]
    assert message in notes[0][3]


async def test_a_new_standards_track_pep_leaves_low_numbers_to_meta_peps(harness: Harness) -> None:
    number = await propose(harness, number=42)
    assert "Numbers below 100 are for meta-PEPs, and this is a Standards" in harness.comment(number)
    assert "needs number" in harness.labels(number)
    process = pep(43).replace("Standards Track", "Process")
    other = await propose(harness, process, number=43)
    assert "needs number" not in harness.labels(other)
    assert "meta-PEPs" not in harness.comment(other)
    await harness.simulator.merge(REPOSITORY, number, by=EDITOR)
    await harness.wait_until_idle()
    edit: Files = {"peps/pep-0042.rst": pep(42, body="Other words.")}
    edited = await propose(harness, files=edit, title="PEP 42: Clarify")
    assert harness.comments(edited) == []
    assert harness.conclusions(edited) == ["success"]


async def test_a_file_among_the_peps_that_belongs_to_none_is_shown_where_to_go(
    harness: Harness,
) -> None:
    image, own = b"\x89PNG", "peps/pep-0842/flow.png"
    files: Files = {PATH: pep(), **OWNERS, own: image, "peps/conf.py": "a = 1\n", "t.png": image}
    number = await propose(harness, files=files)
    assert harness.annotations(number) == []
    stray: Files = {"peps/way.png": image, "peps/pep-0842-flow.png": image}
    await harness.simulator.push(REPOSITORY, number, stray)
    await harness.wait_until_idle()
    comment = harness.comment(number)
    assert "`peps/way.png`: **Move the file into the folder of its PEP.** This file is" in comment
    assert "git mv peps/way.png peps/pep-0842/way.png" in comment
    assert "or are called `peps/pep-0842-1.png` and so on." in comment
    alone = await propose(harness, files={"peps/flow.svg": "<svg/>"}, title="Add an image")
    assert "in `peps/pep-NNNN/`, with any name (PEP 1)." in harness.comment(alone)
    infrastructure: Files = {"peps/pep-0841-1.png": image, "peps/_static/a.svg": "<svg/>"}
    assert harness.comments(await propose(harness, files=infrastructure, title="Files")) == []


async def test_an_image_that_leads_nowhere_is_told_without_another_request(
    harness: Harness,
) -> None:
    on_base: Files = {"peps/pep-0842/base.svg": "<svg/>", "peps/pep-0841.rst": IMAGES_IN_841}
    await harness.simulator.commit(REPOSITORY, on_base, by=EDITOR)
    await harness.wait_until_idle()
    edit = IMAGES_IN_841.replace("Words.", "Other words.")
    other = await propose(harness, files={"peps/pep-0841.rst": edit}, title="PEP 841: Edit")
    assert harness.comments(other) == []
    harness.simulator.clear_requests()
    body = (
        ".. figure:: pep-0842/base.svg\n\n.. |new| image:: pep-0842/new.svg\n\n"
        ".. image:: https://example.org/x.svg\n\n.. image:: pep-0842/gone.svg\n\n|new|"
    )
    files: Files = {PATH: pep(body=body), **OWNERS, "peps/pep-0842/new.svg": "<svg/>"}
    number = await propose(harness, files=files)
    assert len(harness.reads()) <= budget.NEW_PEP.reads, harness.reads()
    comment = harness.comment(number)
    message = "The image `peps/pep-0842/gone.svg` is neither in the repository nor in this pull"
    assert message in comment
    assert comment.count("svg` is neither") == 1
    await harness.simulator.push(REPOSITORY, number, {"peps/pep-0842/gone.svg": "<svg/>"})
    await harness.wait_until_idle()
    assert "gone.svg" not in harness.comment(number)


async def test_fix_moves_what_belongs_to_a_placeholder_along_with_it(
    harness: Harness, tmp_path: Path
) -> None:
    body = (
        ".. image:: pep-9999/flow ä.svg\n\n.. image:: pep-9999/flow.svg\n\n"
        ".. image:: pep-9999-1.png\n\nSee ``peps/pep-9999/flow.svg``, pep-9999-1.png, "
        "xpep-9999/, pep-9999-12.png."
    )
    text = pep(9999, body=body)
    own = {"peps/pep-9999/flow ä.svg": "1\n", "peps/pep-9999/flow.svg": "2\n"}
    own |= {"peps/pep-9999-1.png": "3\n"}
    others = {"peps/pep-0841-1.png": "4\n", "peps/pep-9998/flow.svg": "5\n"}
    files = {"peps/pep-9999.rst": text, **own, **others}
    number = await propose(harness, files=files, title="PEP 9999: A calmer way")
    assert "Rename the file to `peps/pep-0842.rst`, its folder to" in harness.comment(number)
    reply = await say(harness, number, "/pep fix", by=AUTHOR)
    owners = harness.simulator.file(REPOSITORY, ".github/CODEOWNERS")
    assert owners is not None
    standing = {**files, ".github/CODEOWNERS": owners.decode()}
    after = with_patch(tmp_path / "checkout", standing, patch_in(reply))
    assert after.keys() - others.keys() - {".github/CODEOWNERS"} == {
        *(PATH, "peps/pep-0842/flow ä.svg", "peps/pep-0842/flow.svg", "peps/pep-0842-1.png")
    }
    assert [after[path] for path in others] == ["4\n", "5\n"]
    moved = body.replace("pep-9999/flow", "pep-0842/flow").replace("9999-1.png", "0842-1.png")
    assert moved in after[PATH]
    await harness.simulator.push(REPOSITORY, number, {**dict.fromkeys(files), **after})
    await harness.wait_until_idle()
    assert "needs number" not in harness.labels(number)
    assert "nothing that I can fix" in await say(harness, number, "/pep fix", by=AUTHOR)
