"""The kind of a change depends on its diff alone."""

import pytest

from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.changed_pep import edited_peps
from bot.peps.diff import changed_lines
from bot.peps.number import PepNumber
from bot.policy.load import POLICY_PATH
from bot.rules.engine.kind import ChangeKind, kind_of, touches_pep_owners
from tests.builders import edit, new_pep, other_change
from tests.processor_time import processor_seconds_below
from tests.rules.builders import (
    OWNERS_BEFORE,
    added,
    change,
    modified,
    owners_with,
    pep_text,
    renamed,
)

PLACEHOLDERS = frozenset({PepNumber(9999)})
MOVED_OWNERS = OWNERS_BEFORE.replace(
    "peps/pep-0700.rst  @vera\npeps/pep-0777.rst  @vera\n",
    "peps/pep-0777.rst  @vera\npeps/pep-0700.rst  @vera\n",
)


@pytest.mark.parametrize(
    ("the_change", "kind"),
    [
        (new_pep(), ChangeKind.NEW_PEP),
        (change(added(pep_text("9999"), "peps/pep-9999.rst")), ChangeKind.NEW_PEP),
        (
            change(renamed(pep_text(791), "peps/pep-9999.rst", "peps/pep-0791.rst")),
            ChangeKind.NEW_PEP,
        ),
        (
            change(renamed(pep_text(840), "peps/pep-0837.rst", "peps/pep-0840.rst")),
            ChangeKind.DRAFT_UPDATE,
        ),
        (edit(pep_text(758), pep_text(758, Status="Accepted")), ChangeKind.DECISION),
        (edit(pep_text(758), pep_text(758) + "More.\n"), ChangeKind.DRAFT_UPDATE),
        (
            change(FileChange("peps/pep-0758.rst", FileStatus.REMOVED, before=pep_text(758))),
            ChangeKind.DRAFT_UPDATE,
        ),
        (change(owners=owners_with("peps/pep-0779.rst  @wim")), ChangeKind.OWNERS),
        (change(owners=OWNERS_BEFORE.replace("  @wim", "  @vera")), ChangeKind.OWNERS),
        (change(owners=OWNERS_BEFORE.replace("peps/pep-0801.rst  @wim\n", "")), ChangeKind.OWNERS),
        (change(owners=OWNERS_BEFORE + "# /peps/pep-0802.rst  @wim\n"), ChangeKind.OWNERS),
        (change(owners=MOVED_OWNERS), ChangeKind.OWNERS),
        (change(owners="infra/  @wim\n" + OWNERS_BEFORE), ChangeKind.INFRASTRUCTURE),
        (change(renamed("", POLICY_PATH, "old.toml")), ChangeKind.POLICY),
        (change(added("", POLICY_PATH)), ChangeKind.POLICY),
        (other_change(), ChangeKind.INFRASTRUCTURE),
        (change(added("x", "peps/pep-0791/diagram.svg")), ChangeKind.INFRASTRUCTURE),
    ],
)
def test_the_kind_follows_from_the_files(the_change: Change, kind: ChangeKind) -> None:
    assert kind_of(the_change, PLACEHOLDERS) is kind


def moved(**statuses: str) -> Change:
    """A change that moves the drafts of these numbers to these statuses."""
    return change(
        *(
            modified(pep_text(number), pep_text(number, Status=status), f"peps/pep-0{number}.rst")
            for number, status in ((name.removeprefix("pep_"), to) for name, to in statuses.items())
        )
    )


@pytest.mark.parametrize(
    ("the_change", "kind"),
    [
        (moved(pep_701="Final"), ChangeKind.FINALISATION),
        (moved(pep_701="Final", pep_702="Active"), ChangeKind.FINALISATION),
        (moved(pep_701="Active", pep_702="Final"), ChangeKind.FINALISATION),
        (moved(pep_701="Final", pep_702="Accepted"), ChangeKind.DECISION),
        (moved(pep_701="Accepted", pep_702="Active"), ChangeKind.DECISION),
        (moved(pep_701="Active", pep_702="Active"), ChangeKind.STATUS_CHANGE),
    ],
)
def test_of_several_moves_the_weightiest_counts(the_change: Change, kind: ChangeKind) -> None:
    assert kind_of(the_change, PLACEHOLDERS) is kind


def test_a_new_pep_template_in_the_description_makes_no_new_pep() -> None:
    body = "* [x] PEP has next available number\n* [x] Core dev/PEP editor listed as sponsor"
    infra = change(owners="infra/  @wim\n" + OWNERS_BEFORE, body=body, title="PEP 800: x")
    assert kind_of(infra, PLACEHOLDERS) is ChangeKind.INFRASTRUCTURE


def test_moving_an_infrastructure_line_touches_no_pep_owners() -> None:
    before = "a/  @vera\n" + OWNERS_BEFORE + "b/  @wim\n"
    after = "b/  @wim\n" + OWNERS_BEFORE + "a/  @vera\n"
    assert not touches_pep_owners(change(before=before, owners=after))


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", 1),
        ("a\nb\n", "a\nx\nb\n", 1),
        ("a\nx\nb\n", "a\nb\n", 1),
        ("a\nb\nc\nd\n", "A\nb\nc\n", 2),
        ("same\n", "same\n", 0),
        ("", "one\ntwo\n", 2),
    ],
)
def test_a_replaced_line_counts_once(before: str, after: str, count: int) -> None:
    assert changed_lines(before, after) == count


def test_long_texts_made_to_be_hard_to_compare_are_compared_quickly() -> None:
    before = "".join(f"a\nx{n}\n" for n in range(900))
    after = "".join(f"a\ny{n}\n" for n in range(900))
    with processor_seconds_below(1):
        assert changed_lines(before, after) >= 900


def test_an_edit_of_a_final_pep_is_editorial_while_it_is_small() -> None:
    final = pep_text(695, Status="Final")
    (small,) = edited_peps(edit(final, final + "One line.\n", "peps/pep-0695.rst"))
    (large,) = edited_peps(edit(final, final + "A line.\n" * 40, "peps/pep-0695.rst"))
    (draft,) = edited_peps(edit(pep_text(695), pep_text(695) + "One.\n", "peps/pep-0695.rst"))
    assert (small.number, small.line_count, small.is_editorial) == (695, 1, True)
    assert not large.is_editorial
    assert not draft.is_editorial
