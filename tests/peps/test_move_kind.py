"""The kind of each change of status."""

import pytest

from bot.peps.status import MoveKind, Status, move_kind

MOVES = (
    ("Draft", "Accepted", "Standards Track", MoveKind.ACCEPTANCE),
    ("Deferred", "Accepted", "Standards Track", MoveKind.ACCEPTANCE),
    ("Provisional", "Accepted", "Standards Track", MoveKind.ACCEPTANCE),
    ("Rejected", "Accepted", "Standards Track", MoveKind.REVERSAL),
    ("Superseded", "Accepted", "Standards Track", MoveKind.OTHER),
    ("Draft", "Provisional", "Standards Track", MoveKind.PROVISIONAL_ACCEPTANCE),
    ("Draft", "Rejected", "Process", MoveKind.REJECTION),
    ("Provisional", "Rejected", "Standards Track", MoveKind.REJECTION),
    ("Withdrawn", "Rejected", "Standards Track", MoveKind.CORRECTION),
    ("Draft", "Deferred", "Standards Track", MoveKind.DEFERRAL),
    ("Final", "Deferred", "Standards Track", MoveKind.OTHER),
    ("Draft", "Withdrawn", "Standards Track", MoveKind.WITHDRAWAL),
    ("Deferred", "Withdrawn", "Standards Track", MoveKind.WITHDRAWAL),
    ("Rejected", "Withdrawn", "Informational", MoveKind.CORRECTION),
    ("Active", "Superseded", "Process", MoveKind.SUPERSESSION),
    ("Draft", "Superseded", "Standards Track", MoveKind.SUPERSESSION),
    ("Accepted", "Final", "Standards Track", MoveKind.FINALISATION),
    ("Provisional", "Final", "Standards Track", MoveKind.FINALISATION),
    ("Draft", "Final", "Standards Track", MoveKind.OUTRIGHT_FINALISATION),
    ("Draft", "Final", "Informational", MoveKind.COMPLETION),
    ("Active", "Final", "Informational", MoveKind.COMPLETION),
    ("Rejected", "Final", "Standards Track", MoveKind.OTHER),
    ("Draft", "Active", "Process", MoveKind.ACTIVATION),
    ("Accepted", "Active", "Process", MoveKind.ACTIVATION),
    ("Final", "Active", "Process", MoveKind.RESUMPTION),
    ("Deferred", "Draft", "Standards Track", MoveKind.RESUMPTION),
    ("Withdrawn", "Draft", "Standards Track", MoveKind.RESUMPTION),
    ("Accepted", "Draft", "Standards Track", MoveKind.REVERSAL),
    ("Rejected", "Draft", "Standards Track", MoveKind.REVERSAL),
    ("Final", "Accepted", "Standards Track", MoveKind.REVERSAL),
    ("Active", "Draft", "Process", MoveKind.OTHER),
    ("Draft", "April Fool!", "Standards Track", MoveKind.OTHER),
    ("Draft", "Done", "Standards Track", MoveKind.OTHER),
    ("draft", "Accepted", None, MoveKind.OTHER),
)


@pytest.mark.parametrize(("before", "after", "pep_type", "kind"), MOVES)
def test_the_kind_follows_from_both_statuses_and_the_type(
    before: str, after: str, pep_type: str | None, kind: MoveKind
) -> None:
    assert move_kind(before, after, pep_type) is kind


def test_every_kind_is_reached_and_every_step_has_one() -> None:
    assert {kind for *_, kind in MOVES} == set(MoveKind)
    for before in Status:
        for after in Status:
            assert move_kind(before, after, "Standards Track") in MoveKind
