"""What editors are told of a status that moves: in the check run's text, in the fold, offline."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.peps.change import Change, Unreadable
from bot.peps.forum import Forum, ForumPost, PostRef
from bot.peps.people import Login
from bot.policy.model import RuleSetting
from bot.review.checklist import (
    DECISION,
    FINAL,
    FORMS,
    ChecklistForm,
    ItemState,
    form_for,
    item_states,
)
from bot.review.decision.evidence import EvidenceSources
from bot.review.decision.status_change import status_moves
from bot.review.desired import CheckRun
from bot.review.reconcile import plan_writes
from bot.review.render.status import move_in_text
from bot.review.snapshot import Approval, CheckRunMemory, Conversation, Memory, Snapshot
from bot.review.verdict import judge
from tests.builders import HEAD, NOW, comment_text, review_context, snapshot, wanted
from tests.review.test_status_move import (
    DATED,
    PACKAGING,
    TODAY,
    TYPING,
    VERA_DECIDES,
    finished,
    moving,
    superseded,
)
from tests.rules.builders import added, pep_text, policy

REVIEW = "https://github.com/python/peps/pull/4422#pullrequestreview-1"


def snapshot_of(the_change: Change, *approvals: Approval, **known: Any) -> Snapshot:
    conversation = Conversation(approvals=approvals)
    titled = replace(the_change, title="PEP 758: Move")
    return snapshot(titled, conversation=conversation, context=review_context(**known))


def run(the_snapshot: Snapshot) -> CheckRun:
    found = wanted(the_snapshot).check_run
    assert found is not None
    return found


def approval(login: str, head: str = HEAD) -> Approval:
    return Approval(Login(login), REVIEW, head)


def test_a_decision_is_rendered_in_full_below_the_summary_only() -> None:
    desired = wanted(snapshot_of(moving(Resolution=DATED)))
    assert desired.check_run is not None
    assert desired.check_run.text == (
        "**PEP 758: acceptance (Draft to Accepted)**\n\n- **Who decides:** the "
        "Steering Council (as of 10-May-2025).\n- **Found:** `Resolution` links [a "
        "post](https://discuss.python.org/t/66453/63) from 10-May-2025; I have not "
        "read it.\n- **Found:** `Python-Version` is 3.15.\n- **Not found:** a link "
        "to an issue of the Steering Council."
    )
    assert desired.check_run.summary.startswith("PEP 758: Draft to Accepted, with a dated")
    assert desired.comments == ()


ON_THE_DAY = datetime(2025, 5, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("post", "resolution", "headers", "told"),
    [
        (
            ForumPost(ON_THE_DAY, "ada", "Ada Merritt"),
            DATED,
            {},
            " from 10-May-2025, by Ada Merritt (`ada` on the forum); I have not read the rest.",
        ),
        (
            ForumPost(ON_THE_DAY + timedelta(days=2), "ada"),
            DATED,
            {},
            " from 10-May-2025, written on 12-May-2025 (UTC) by `ada` on the forum; I have",
        ),
        (
            ForumPost(ON_THE_DAY, "someone", "vera core"),
            DATED,
            VERA_DECIDES,
            "by vera core (`someone` on the forum), whose name is the PEP-Delegate's; I have",
        ),
        (
            ForumPost(ON_THE_DAY, "Vera", "V."),
            DATED,
            VERA_DECIDES,
            "by V. (`Vera` on the forum), whose account is the PEP-Delegate's; I have not",
        ),
        (
            ForumPost(ON_THE_DAY, "x", "Paula Packaging"),
            DATED,
            PACKAGING,
            "by Paula Packaging (`x` on the forum), whose name is the PEP-Delegate's; I have",
        ),
        (
            ForumPost(ON_THE_DAY, "vera1", "Vera Corey"),
            DATED,
            VERA_DECIDES,
            "(`vera1` on the forum); I",
        ),
        (ForumPost(ON_THE_DAY, "vera", "Vera Core"), DATED, {}, "(`vera` on the forum); I have"),
        (ForumPost(ON_THE_DAY, "", ""), DATED, VERA_DECIDES, "; I have not read the rest"),
        (
            ForumPost(ON_THE_DAY, "x`x @all", "@all ![x](https://evil.example/x) <b>"),
            DATED,
            {},
            "; I have not read the rest.",
        ),
    ],
)
def test_a_read_post_has_day_and_writer_and_names_the_delegate_on_an_exact_match(
    post: ForumPost, resolution: str, headers: dict[str, str | None], told: str
) -> None:
    forum = Forum({PostRef(66453, 63): post})
    text = run(snapshot_of(moving(Resolution=resolution, **headers), forum=forum)).text
    assert told in text
    assert ("the PEP-Delegate; I" in text) is ("the PEP-Delegate; I" in told)
    assert "another PEP" not in text
    plain = re.sub("`[^`]*`", "", text)
    for harm in ("@", "![", "evil.example/", "<b>"):
        assert harm not in plain


def test_without_a_move_there_is_no_text_and_paused_neither() -> None:
    assert run(snapshot()).text == ""
    paused = replace(snapshot_of(moving(Resolution=DATED)), instructions=frozenset({"bot: paused"}))
    assert run(paused).text == ""


def test_a_delegates_approval_changes_only_the_check_run() -> None:
    decided = moving(Resolution=DATED, **VERA_DECIDES)
    before, after = run(snapshot_of(decided)), run(snapshot_of(decided, approval("vera")))
    assert (
        "**Not found:** an approval by Vera Core, who did not open this pull request either"
        in before.text
    )
    assert (
        f"**Found:** Vera Core, who decides, [approved]({REVIEW}) this pull request." in after.text
    )
    assert f"Vera Core [approved]({REVIEW}) it here." in after.summary
    earlier = run(snapshot_of(decided, approval("vera", "b" * 40)))
    assert f"[approved]({REVIEW}) an earlier commit" in earlier.text
    assert f"[approved]({REVIEW}) an earlier commit." in earlier.summary
    opened = run(snapshot_of(replace(decided, author=Login("vera"))))
    assert "Vera Core, who decides, opened this pull request." in opened.text
    assert "Vera Core opened this pull request." in opened.summary
    assert "@" not in re.sub("`[^`]*`", "", after.text + opened.text)


def test_approvals_of_others_change_nothing() -> None:
    decided = moving(Resolution=DATED, **VERA_DECIDES)
    assert run(snapshot_of(decided)) == run(
        snapshot_of(decided, approval("otto"), approval("edda"))
    )


def test_the_check_run_is_written_anew_for_the_text_alone_and_not_without_need() -> None:
    decided = snapshot_of(moving(Resolution=DATED, **PACKAGING))
    desired = wanted(decided)
    (create,) = plan_writes(decided, desired, Memory()).writes
    known = Memory(check_run=CheckRunMemory(1, HEAD, getattr(create, "digest", "")))
    assert plan_writes(decided, desired, known).writes == ()
    approved_snapshot = snapshot_of(moving(Resolution=DATED, **PACKAGING), approval("paula"))
    (update,) = plan_writes(approved_snapshot, wanted(approved_snapshot), known).writes
    assert "Paula Packaging, who decides, [approved]" in update.check_run.text  # type: ignore[union-attr]


def test_the_editor_sees_that_a_recommendation_is_not_linked() -> None:
    bare = run(snapshot_of(moving(Resolution=DATED, **TYPING))).summary
    assert "There is no link to the Typing Council's recommendation." in bare
    link = "https://github.com/python/typing-council/issues/41"
    linked = run(snapshot_of(replace(moving(Resolution=DATED, **TYPING), body=link)))
    assert "There is no link" not in linked.summary
    assert f"[an issue]({link}) of the Typing Council is linked" in linked.text


def test_with_something_to_fix_the_details_show_it_too() -> None:
    body = comment_text(snapshot_of(moving()))
    fold = body.partition("<details>")[2]
    assert "**PEP 758: acceptance (Draft to Accepted)**" in fold
    assert "- **Missing:** `Resolution`, with a link to the post with the decision." in fold
    assert "acceptance (Draft" not in body.partition("<details>")[0]


def test_a_new_pep_that_supersedes_another_says_so() -> None:
    old = superseded(**{"Superseded-By": "791"})
    new = added(pep_text(791, Replaces="758"))
    desired = wanted(snapshot_of(replace(old, files=(*old.files, new))))
    assert desired.check_run is not None
    for text in (desired.check_run.text, desired.comments[0].body):
        assert "**PEP 758: supersession (Final to Superseded)**" in text
        assert "PEP 791 names it in `Replaces` and is Draft." in text


def test_more_than_three_peps_get_a_line_each() -> None:
    (one,) = finished().files
    (bare,) = finished("").files
    files = [replace(one, path=f"peps/pep-{number:04}.rst") for number in range(300, 360)]
    files[1] = replace(bare, path=files[1].path)
    told = run(snapshot_of(replace(finished(), files=tuple(files)))).text.splitlines()
    assert told[0] == "- PEP 300: finalisation (Accepted to Final); nothing is missing."
    assert told[1].endswith("; missing or to fix: the link to the documentation.")
    assert told[50] == "- and 10 more"
    many = tuple(replace(one, path=f"peps/pep-{number:04}.rst") for number in range(3_000, 3_150))
    assert run(snapshot_of(replace(finished(), files=many))).text.endswith(
        "\n- and at least 50 more"
    )


def test_a_terminal_gets_plain_text() -> None:
    (move,) = status_moves(
        EvidenceSources(moving(Resolution=DATED, **VERA_DECIDES), review_context())
    )
    assert move_in_text(move, TODAY) == [
        "PEP 758: acceptance (Draft to Accepted)",
        (
            "  Who decides: Vera Core as PEP-Delegate, if the Steering Council has appointed "
            "them (as of 10-May-2025)."
        ),
        (
            "  Found: `Resolution` links a post "
            "<https://discuss.python.org/t/66453/63> from 10-May-2025; I have not "
            "read it."
        ),
        "  Found: `Python-Version` is 3.15.",
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        "@everyone [x](https://evil.example) `a` <b> --> | www.evil.example",
        "](javascript:alert(1)) ![p](https://evil.example/p.png)",
    ],
)
def test_what_strangers_wrote_takes_no_part_in_the_text(hostile: str) -> None:
    changes = (
        moving(Resolution=f"`10-May-2025 <https://evil.example/{hostile[:5]}>`__"),
        moving(Resolution=DATED, **{"PEP-Delegate": hostile}),
        moving("Draft", "Withdrawn", Author=hostile),
        moving("Draft", "Withdrawn", **{"Superseded-By": hostile}),
        moving("Draft", hostile, Title=hostile),
        finished(**{"Python-Version": hostile}),
    )
    for the_change in changes:
        text = run(snapshot_of(the_change)).text
        assert "://evil" not in re.sub("`[^`]*`", "", text), text
        assert "www.evil" not in re.sub("`[^`]*`", "", text), text
        assert "@" not in re.sub("`[^`]*`", "", text)
        assert "](j" not in text
        assert "<b>" not in text


# Checklists.

FORMS = (
    ("Draft", "Accepted", {}, DECISION),
    ("Draft", "Rejected", {}, DECISION),
    ("Withdrawn", "Rejected", {}, FORMS["withdrawn"]),
    ("Accepted", "Final", {}, FINAL),
    ("Draft", "Final", {}, FINAL),
    ("Active", "Final", {"Type": "Informational"}, FORMS["completed"]),
    ("Draft", "Withdrawn", {}, FORMS["withdrawn"]),
    ("Draft", "Deferred", {}, FORMS["deferred"]),
    ("Final", "Superseded", {}, FORMS["superseded"]),
    ("Draft", "Active", {"Type": "Process", "Python-Version": None}, FORMS["active"]),
    ("Deferred", "Draft", {}, FORMS["resumed"]),
    ("Accepted", "Draft", {}, FORMS["reversed"]),
    ("Final", "Deferred", {}, None),
)


@pytest.mark.parametrize(("before", "after", "headers", "form"), FORMS)
def test_each_move_has_the_form_that_fits(
    before: str, after: str, headers: dict[str, Any], form: ChecklistForm | None
) -> None:
    the_snapshot = snapshot_of(moving(before, after, **headers))
    assert form_for(judge(the_snapshot)) is form
    shown = run(the_snapshot)
    # A template's checklist stands in the summary or in the comment, a short one in the text.
    in_text = "For you to judge (from PEP 1 § PEP Review & Resolution):" in shown.text
    assert in_text is (form is not None and not form.is_template)


def states(the_snapshot: Snapshot) -> dict[str, ItemState]:
    verdict = judge(the_snapshot)
    form = form_for(verdict)
    assert form is not None
    found = item_states(form, the_snapshot.change, the_snapshot.context.policy, verdict)
    return {item.label: state for item, state in found.items()}


def test_what_is_checked_and_shown_is_in_order() -> None:
    assert set(states(snapshot_of(moving(Resolution=DATED))).values()) == {ItemState.IN_ORDER}
    assert set(states(snapshot_of(finished())).values()) == {ItemState.IN_ORDER}


@pytest.mark.parametrize(
    ("the_change", "item", "state"),
    [
        (moving(), "Resolution", ItemState.TO_FIX),
        (moving("Accepted", "Final"), "Resolution", ItemState.TO_LOOK_AT),
        (moving("Accepted", "Final", Created="01-Jan-2019"), "Resolution", ItemState.UNSPECIFIED),
        (
            moving(Resolution="`10-May-2025 <https://blog.example/1>`__"),
            "Resolution",
            ItemState.TO_LOOK_AT,
        ),
        (finished(""), "link to the documentation", ItemState.TO_FIX),
        (finished(**{"Python-Version": None}), "header", ItemState.TO_FIX),
        (superseded(), "successor", ItemState.TO_FIX),
        (superseded(**{"Superseded-By": "759"}), "successor", ItemState.UNSPECIFIED),
        (moving("Accepted", "Draft"), "status change", ItemState.UNSPECIFIED),
    ],
)
def test_nothing_is_in_order_against_the_rules_or_the_evidence(
    the_change: Change, item: str, state: ItemState
) -> None:
    assert states(snapshot_of(the_change))[item] is state


def test_what_is_lacking_of_one_pep_is_not_outdone_by_another() -> None:
    (first,) = moving("Accepted", "Final").files
    (second,) = moving("Accepted", "Final", Created="01-Jan-2019").files
    for files in ((first, second), (second, first)):
        both = tuple(
            replace(file, path=f"peps/pep-075{place}.rst") for place, file in enumerate(files)
        )
        assert (
            states(snapshot_of(replace(finished(), files=both)))["Resolution"]
            is ItemState.TO_LOOK_AT
        )


def test_an_unread_text_leaves_nothing_in_order() -> None:
    base = moving(Resolution=DATED)
    gone = replace(
        base.files[0], path="peps/pep-0759.rst", after=None, unreadable=Unreadable.DELETED
    )
    found = states(snapshot_of(replace(base, files=(*base.files, gone))))
    assert ItemState.IN_ORDER not in found.values()


def test_what_is_switched_off_or_set_aside_is_not_in_order() -> None:
    off = policy().model_copy(update={"rules": {"resolution": RuleSetting.OFF}})
    assert (
        states(snapshot_of(moving(Resolution=DATED), policy=off))["Resolution"]
        is ItemState.UNSPECIFIED
    )
    waived = replace(snapshot_of(finished("")), instructions=frozenset({"skip canonical-doc"}))
    assert states(waived)["link to the documentation"] is ItemState.SET_ASIDE
    assert "**Skipped by an editor:** a link to the documentation" in run(waived).text


def test_a_pep_accepted_and_finished_at_once_is_judged_as_both() -> None:
    base = finished()
    (file,) = base.files
    draft = replace(file, before=(file.before or "").replace("Status: Accepted", "Status: Draft"))
    told = run(snapshot_of(replace(base, files=(draft,)))).summary
    assert "whether the implementation is merged" in told
    assert "whether the linked post is the decision, made by those who decide on this PEP" in told


def test_the_memory_of_a_check_run_without_a_text_stays_good() -> None:
    """So that no check run is written anew because the bot is."""
    plain = snapshot(updated_at=NOW)
    (create, *_) = plan_writes(plain, wanted(plain), Memory()).writes
    digest: str = getattr(create, "digest", "")
    assert wanted(plain).check_run is not None
    assert len(digest.split()[0]) == 32
    known = Memory(check_run=CheckRunMemory(1, HEAD, digest))
    assert not [
        one
        for one in plan_writes(plain, wanted(plain), known).writes
        if type(one).__name__.endswith("CheckRun")
    ]
