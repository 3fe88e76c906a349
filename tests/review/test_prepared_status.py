"""A new status for a PEP: which headers move, what stays blank, and what is refused."""

from datetime import UTC, date, datetime

import pytest

from bot.peps.forum import ForumPost
from bot.peps.number import PepNumber
from bot.peps.status import Status
from bot.review.fixes.prepared import CannotPrepare, Prepared
from bot.review.fixes.prepared_status import RequestedStatus, prepare_status
from tests.rules.builders import pep_text

NUMBER, OTHER = PepNumber(791), PepNumber(800)
LONG = "https://discuss.python.org/t/pep-791-imath/66453/63"
SHORT = "https://discuss.python.org/t/66453/63"
DAY = date(2025, 5, 19)
DATED = f"Resolution: `19-May-2025 <{SHORT}>`__"


def prepared(
    status: Status,
    link: str = "",
    day: date | None = None,
    /,
    *,
    by: PepNumber | None = None,
    post: ForumPost | None = None,
    text: str = "",
    **headers: str | None,
) -> Prepared:
    text = text or pep_text(**headers)
    others = {OTHER: pep_text(800, Status="Final")}
    return prepare_status(NUMBER, text, RequestedStatus(status, link, day, by, post), others)


def changed(made: Prepared, place: int = 0) -> set[str]:
    """The lines taken out and put in, each with its sign."""
    old, new = (getattr(made.fixes[place], which).split("\n") for which in ("before", "after"))
    return {f"-{line}" for line in old if line not in new} | {
        f"+{line}" for line in new if line not in old
    }


STEP = {"-Status: Draft", "+Status: Accepted"}


@pytest.mark.parametrize(
    ("link", "day", "headers", "lines"),
    [
        (LONG, DAY, {}, {f"+{DATED}"}),
        (LONG, None, {}, {f"+Resolution: `DD-Mmm-YYYY <{SHORT}>`__"}),
        ("", DAY, {}, {"+Resolution: `19-May-2025 <link to the post>`__"}),
        ("", None, {}, {"+Resolution: `DD-Mmm-YYYY <link to the post>`__"}),
        ("", DAY, {"Resolution": LONG}, {f"-Resolution: {LONG}", f"+{DATED}"}),
        (LONG, None, {"Resolution": f"`19-May-2025 <{SHORT}>`__"}, set()),
        (LONG, DAY, {"PEP-Delegate": "TBD"}, {f"+{DATED}", "-PEP-Delegate: TBD"}),
        (LONG, DAY, {"BDFL-Delegate": ""}, {f"+{DATED}", "-BDFL-Delegate: "}),
        (LONG, DAY, {"PEP-Delegate": "Vera Core"}, {f"+{DATED}"}),
    ],
)
def test_a_decision_moves_status_resolution_and_a_delegate_to_be_named(
    link: str, day: date | None, headers: dict[str, str], lines: set[str]
) -> None:
    made = prepared(Status.ACCEPTED, link, day, **headers)
    assert changed(made) == STEP | lines
    assert made.full_title((NUMBER,)) == "PEP 791: Mark as Accepted"
    is_blank = {line.split("`")[0] for line in lines if "DD-Mmm" in line or "link to" in line}
    assert bool(made.blanks) is bool(is_blank)


def test_a_day_before_created_is_noted() -> None:
    (note,) = prepared(Status.ACCEPTED, LONG, date(2025, 5, 11)).notes
    assert note == "The day given is before `Created`, which is 12-May-2025."


READ = ForumPost(datetime(2025, 5, 19, 23, 50, tzinfo=UTC), "ada", "Ada Merritt")
DAY_NOTE = (
    "The linked post was written on 19-May-2025 (UTC) by Ada Merritt (`ada` on the "
    "forum); `Resolution` has that day."
)


@pytest.mark.parametrize(
    ("status", "link", "day", "headers", "lines", "notes"),
    [
        (Status.ACCEPTED, LONG, None, {}, {f"+{DATED}"}, (DAY_NOTE,)),
        (
            Status.ACCEPTED,
            LONG,
            None,
            {"Resolution": LONG},
            {f"-Resolution: {LONG}", f"+{DATED}"},
            (DAY_NOTE,),
        ),
        # What people said, here or in the header, is not put right by a clock in UTC.
        (
            Status.ACCEPTED,
            LONG,
            date(2025, 5, 20),
            {},
            {f"+Resolution: `20-May-2025 <{SHORT}>`__"},
            (),
        ),
        (Status.ACCEPTED, LONG, None, {"Resolution": f"`20-May-2025 <{SHORT}>`__"}, set(), ()),
        (Status.WITHDRAWN, LONG, None, {}, {f"+{DATED}"}, (DAY_NOTE,)),
        (
            Status.WITHDRAWN,
            LONG,
            None,
            {"Resolution": LONG},
            {f"-Resolution: {LONG}", f"+{DATED}"},
            (DAY_NOTE,),
        ),
        (Status.WITHDRAWN, LONG, None, {"Resolution": f"`20-May-2025 <{SHORT}>`__"}, set(), ()),
    ],
)
def test_the_day_of_a_post_that_was_read_fills_a_blank_and_nothing_else(
    status: Status,
    link: str,
    day: date | None,
    headers: dict[str, str],
    lines: set[str],
    notes: tuple[str, ...],
) -> None:
    made = prepared(status, link, day, post=READ, **headers)
    assert changed(made) == {"-Status: Draft", f"+Status: {status}"} | lines
    assert (made.blanks, made.notes) == ((), notes)


def test_of_a_thread_it_is_the_first_post() -> None:
    made = prepared(Status.ACCEPTED, SHORT.removesuffix("/63"), post=READ)
    assert made.notes[0].startswith("The first post of the linked thread was written on 19-May")


def test_a_post_before_created_is_noted() -> None:
    early = ForumPost(datetime(2025, 5, 1, tzinfo=UTC), "ada")
    notes = prepared(Status.ACCEPTED, LONG, post=early).notes
    assert "The day of the linked post is before `Created`, which is 12-May-2025." in notes


@pytest.mark.parametrize("status", [Status.DEFERRED, Status.DRAFT])
def test_who_is_still_to_decide_stays_while_the_pep_is_under_way(status: Status) -> None:
    before = Status.DRAFT if status is Status.DEFERRED else Status.DEFERRED
    headers = {"Status": before, "PEP-Delegate": "TBD"}
    assert changed(prepared(status, **headers)) == {f"-Status: {before}", f"+Status: {status}"}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.ACCEPTED, True),
        (Status.FINAL, True),
        (Status.ACTIVE, True),
        (Status.REJECTED, False),
    ],
)
def test_what_it_replaces_is_named_where_that_is_due(status: Status, told: bool) -> None:
    made = prepared(status, LONG, DAY, Type="Process", Replaces="7, 8")
    assert ("It replaces PEP 7 and PEP 8" in " ".join(made.notes)) is told


def test_the_day_of_another_post_is_not_used() -> None:
    made = prepared(Status.ACCEPTED, "https://discuss.python.org/t/9/9", Resolution=DATED[12:])
    assert "+Resolution: `DD-Mmm-YYYY <https://discuss.python.org/t/9/9>`__" in changed(made)
    assert made.notes == ("The old `Resolution` is replaced.",)
    assert "the day of the decision" in made.blanks[0]


def test_the_day_on_which_the_pep_was_begun_is_not_before_it() -> None:
    assert prepared(Status.ACCEPTED, LONG, date(2025, 5, 12)).notes == ()


@pytest.mark.parametrize(
    ("topic", "directive"),
    [
        (None, ".. canonical-doc:: :ref:`label-in-the-docs`"),
        ("Packaging", ".. canonical-pypa-spec:: :ref:`packaging:label-in-the-specification`"),
        ("Typing", ".. canonical-typing-spec:: :ref:`typing:label-in-the-specification`"),
    ],
)
def test_final_links_the_documentation_of_its_topic(topic: str | None, directive: str) -> None:
    made = prepared(Status.FINAL, Status="Accepted", Topic=topic)
    assert f"\nPython-Version: 3.15\n\n{directive}\n\n\nAbstract\n" in made.fixes[0].after
    assert "label of the documentation" in made.blanks[0]


def test_final_leaves_the_link_that_is_there_and_asks_none_of_other_types() -> None:
    linked = pep_text(Status="Accepted").replace(
        "\n\n\nAbstract", "\n\n.. canonical-doc:: :ref:`x`\n\n\nAbstract"
    )
    for made in (
        prepared(Status.FINAL, text=linked),
        prepared(Status.FINAL, Status="Active", Type="Process"),
    ):
        assert {line[:9] for line in changed(made)} == {"-Status: ", "+Status: "}
        assert made.blanks == ()


def test_superseded_names_each_in_the_other() -> None:
    made = prepared(Status.SUPERSEDED, by=OTHER, Status="Final", **{"Superseded-By": "5"})
    assert "+Superseded-By: 5, 800" in changed(made)
    assert changed(made, 1) == {"+Replaces: 791"}
    assert made.full_title((NUMBER, OTHER)) == "PEP 791, 800: Mark PEP 791 as Superseded"


def test_what_is_not_a_decision_keeps_the_resolution_and_a_draft_loses_it() -> None:
    header = {"Resolution": f"`19-May-2025 <{SHORT}>`__"}
    kept = prepared(Status.FINAL, "https://a.example/b", DAY, Status="Accepted", **header)
    assert "stays as it is" in kept.notes[0]
    assert DATED in kept.fixes[0].after
    dated = prepared(Status.FINAL, "", DAY, Status="Accepted", Resolution=LONG)
    assert f"+{DATED}" in changed(dated)
    back = prepared(Status.DRAFT, Status="Accepted", **header)
    assert changed(back) == {"-Status: Accepted", "+Status: Draft", f"-{DATED}"}
    withdrawn = prepared(Status.WITHDRAWN, LONG, DAY)
    assert f"+{DATED}" in changed(withdrawn)


@pytest.mark.parametrize(
    ("status", "link", "day", "headers", "title", "lines"),
    [
        (Status.ACCEPTED, LONG, DAY, {}, "Add Resolution", {f"+{DATED}"}),
        (
            Status.ACCEPTED,
            "",
            None,
            {"PEP-Delegate": "TBD"},
            "Add Resolution",
            {"+Resolution: `DD-Mmm-YYYY <link to the post>`__", "-PEP-Delegate: TBD"},
        ),
        (
            Status.REJECTED,
            "",
            DAY,
            {"Resolution": LONG},
            "Update Resolution",
            {f"-Resolution: {LONG}", f"+{DATED}"},
        ),
        (
            Status.ACCEPTED,
            "",
            None,
            {"Resolution": LONG, "PEP-Delegate": "TBD"},
            "Update the header",
            {"-PEP-Delegate: TBD"},
        ),
        (
            Status.FINAL,
            "",
            None,
            {"Resolution": LONG},
            "Link the documentation",
            {"+.. canonical-doc:: :ref:`label-in-the-docs`"},
        ),
    ],
)
def test_of_a_status_that_stands_already_only_what_is_missing_is_prepared(
    status: Status,
    link: str,
    day: date | None,
    headers: dict[str, str],
    title: str,
    lines: set[str],
) -> None:
    made = prepared(status, link, day, Status=status, **headers)
    assert changed(made) == lines
    assert made.title == title


def test_only_a_successor_that_does_not_name_it_is_fixed() -> None:
    headers = {"Status": "Superseded", "Superseded-By": "800"}
    made = prepared(Status.SUPERSEDED, by=OTHER, **headers)
    assert made.full_title((OTHER,)) == "PEP 800: Add Replaces"
    assert [fix.path for fix in made.fixes] == ["peps/pep-0800.rst"]
    assert changed(made) == {"+Replaces: 791"}


@pytest.mark.parametrize(
    ("status", "by", "headers", "why"),
    [
        (Status.DRAFT, None, {}, "There is nothing to do: PEP 791 is already `Draft`."),
        (
            Status.ACCEPTED,
            None,
            {"Status": " Accepted", "Resolution": LONG},
            "There is nothing to do: PEP 791 is already `Accepted`.",
        ),
        (Status.ACTIVE, None, {}, "Only Informational or Process PEPs can be `Active`"),
        (Status.PROVISIONAL, None, {"Type": "Process"}, "Only Standards Track PEPs can be"),
        (Status.SUPERSEDED, None, {}, "By which PEP? For example: `/pep prepare superseded by"),
        (Status.SUPERSEDED, NUMBER, {}, "A PEP cannot supersede itself."),
        (Status.SUPERSEDED, PepNumber(9), {}, "PEP 9, which supersedes PEP 791, is not"),
        (Status.FINAL, OTHER, {}, "Only `superseded` takes another PEP."),
        (Status.FINAL, None, {"Status": None}, "The header of PEP 791 has no `Status`."),
        (Status.FINAL, None, {"Title": "x\nbroken"}, "has to be fixed first, line 3: This line"),
        (Status.FINAL, None, {"Title": "x\r"}, "has Windows line endings"),
        (Status.FINAL, None, {"Title": "x\ry"}, "has Windows line endings"),
        (Status.FINAL, None, {"Title": "x\0y"}, "contains a zero byte"),
    ],
)
def test_what_cannot_be_prepared_is_refused_with_a_reason(
    status: Status, by: PepNumber | None, headers: dict[str, str | None], why: str
) -> None:
    with pytest.raises(CannotPrepare) as caught:
        prepared(status, by=by, **headers)
    assert why in str(caught.value)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.WITHDRAWN])
@pytest.mark.parametrize("before", ["Provisional", "Accepted"])
def test_what_overrules_a_decision_does_not_keep_its_link(status: Status, before: str) -> None:
    earlier = f"`01-Feb-2025 <{SHORT[:-2]}12>`__"
    moved = {f"-Status: {before}", f"+Status: {status}", f"-Resolution: {earlier}"}
    headers = {"Status": before, "Resolution": earlier}
    assert changed(prepared(status, LONG, DAY, **headers)) == moved | {f"+{DATED}"}
    unlinked = prepared(status, **headers)
    assert changed(unlinked) == moved | {"+Resolution: `DD-Mmm-YYYY <link to the post>`__"}
    assert len(unlinked.blanks) == 2
    assert unlinked.notes == ("The old `Resolution` is replaced.",)
