"""What holds after commands: the last word on each matter, in whatever order they are known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.commands.log import (
    CommandStatus,
    LoggedCommand,
    entitled_on,
    overrides_of,
    reservations_of,
    settled_later,
)
from bot.peps.people import Login
from bot.review.overrides import Overrides
from bot.rules.change import FileChange, FileStatus
from tests.rules.builders import change, context, pep_text

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def said(
    proper: str, minute: int = 0, *, fate: CommandStatus = CommandStatus.DONE, note: str = ""
) -> LoggedCommand:
    return LoggedCommand(
        source=f"IC_{minute}",
        proper=proper,
        ordinal=0,
        subject=1,
        login=Login("edda"),
        at=NOON + timedelta(minutes=minute),
        order=(minute, 1),
        url=f"https://github.com/python/peps/pull/1#issuecomment-{minute}",
        fate=fate,
        note=note,
    )


def test_waivers_come_and_go_with_their_reasons() -> None:
    orders = overrides_of(
        [
            said("skip sponsor number because of mail", 1),
            said("unskip number", 2),
            said("skip sponsor because of another mail", 3),
        ]
    )
    (waiver,) = orders.waivers.items()
    assert (waiver[0], waiver[1].reason) == ("sponsor", "of another mail")


def test_what_was_barred_and_what_nobody_understands_any_more_counts_for_nothing() -> None:
    assert overrides_of([said("skip sponsor because x", fate=CommandStatus.BARRED)]).waivers == {}
    assert overrides_of([said("dance the tango"), said("skip gone-rule because x")]).waivers == {}


def test_what_a_header_at_the_base_let_somebody_order_ends_with_another_base() -> None:
    given = [
        replace(said("delegate @dora", 1), login=Login("vera")),
        said("accept-sponsor @bob because https://discuss.python.org/t/1/2", 2),
        replace(said("sponsor @carl", 3), login=Login("olga")),
    ]
    edda = context(editors=frozenset({Login("edda")}))

    def ordered(**headers: str) -> Overrides:
        text = pep_text(**headers)
        file = FileChange("peps/pep-0695.rst", FileStatus.MODIFIED, before=text, after=text)
        return overrides_of(given, entitled_on(change(file), edda))

    own = ordered(**{"PEP-Delegate": "Vera Core <v@x.example>"})
    assert own.delegate is not None
    theirs = ordered()
    assert theirs.delegate is None
    assert [one.login for one in theirs.accepted] == ["bob"], "an editor's holds"
    assert theirs.asked == {"carl"}, "that happened, whoever asked"


def test_sponsors_delegates_and_pauses() -> None:
    link = "https://discuss.python.org/t/1/2"
    orders = overrides_of(
        [
            said(f"accept-sponsor @Ada because {link}", 1),
            said(f"accept-sponsor @bob because {link}", 2),
            said("unsponsor @ADA", 3),
            said("unsponsor", 4),
            said("sponsor @carl", 5),
            said("sponsor", 6),
            said("delegate @dora", 7),
            said("pause because we talk", 8),
        ]
    )
    assert [one.login for one in orders.accepted] == ["bob"]
    assert orders.asked == {"carl"}
    assert orders.delegate is not None
    assert orders.delegate.login == "dora"
    assert orders.pause is not None
    assert orders.pause.reason == "we talk"


def test_numbers_are_held_until_released() -> None:
    held = reservations_of(
        [
            said("number 850", 1),
            said("number 842 for #12 because x", 2),
            said("number 850 for #13", 3),
            said("number release 842", 4),
            said("number", 5),
        ]
    )
    assert [(one.number, one.pull_request) for one in held] == [(850, 13)]


def test_a_later_command_settles_a_matter_and_an_earlier_one_does_not() -> None:
    first, second = said("label +a -b", 1), said("label -A", 2)
    assert settled_later([first, second], first) == {"label:a"}
    assert settled_later([first, second], second) == set()


_COMMANDS = st.sampled_from(
    [
        "skip sponsor because x",
        "unskip sponsor",
        "pause",
        "resume",
        "number 850",
        "number release 850",
        "await author",
        "await editor",
    ]
)


@given(st.lists(_COMMANDS, max_size=8), st.randoms())
def test_the_order_in_which_commands_become_known_makes_no_difference(
    commands: list[str], chance: object
) -> None:
    given_ones = [said(proper, minute) for minute, proper in enumerate(commands)]
    shuffled = list(given_ones)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert overrides_of(shuffled) == overrides_of(given_ones)
    assert reservations_of(shuffled) == reservations_of(given_ones)
