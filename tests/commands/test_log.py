"""Overrides after commands: the latest on each matter wins, in whatever order they arrive."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.commands.log import overrides_of, permission_check_for, settled_by_later
from bot.commands.text import CommandStatus, LoggedCommand
from bot.peps.change import FileChange, FileStatus
from bot.peps.people import Login
from bot.review.overrides import Overrides
from tests.rules.builders import change, context, pep_text

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def logged_command(
    canonical: str, minute: int = 0, *, status: CommandStatus = CommandStatus.DONE, note: str = ""
) -> LoggedCommand:
    return LoggedCommand(
        source=f"IC_{minute}",
        canonical=canonical,
        ordinal=0,
        subject=1,
        login=Login("edda"),
        at=NOON + timedelta(minutes=minute),
        order=(minute, 1),
        url=f"https://github.com/python/peps/pull/1#issuecomment-{minute}",
        status=status,
        note=note,
    )


def test_waivers_come_and_go_with_their_reasons() -> None:
    overrides = overrides_of(
        [
            logged_command("skip sponsor number because of mail", 1),
            logged_command("unskip number", 2),
            logged_command("skip sponsor because of another mail", 3),
        ]
    )
    (waiver,) = overrides.waivers.items()
    assert (waiver[0], waiver[1].reason) == ("sponsor", "of another mail")


def test_barred_and_unknown_commands_have_no_effect() -> None:
    assert (
        overrides_of(
            [logged_command("skip sponsor because x", status=CommandStatus.BARRED)]
        ).waivers
        == {}
    )
    assert (
        overrides_of(
            [logged_command("dance the tango"), logged_command("skip gone-rule because x")]
        ).waivers
        == {}
    )


def test_what_a_header_at_the_base_let_somebody_order_ends_with_another_base() -> None:
    given = [
        replace(logged_command("delegate @dora", 1), login=Login("vera")),
        logged_command("accept-sponsor @bob because https://discuss.python.org/t/1/2", 2),
        replace(logged_command("sponsor @carl", 3), login=Login("olga")),
    ]
    edda = context(editors=frozenset({Login("edda")}))

    def ordered(**headers: str) -> Overrides:
        text = pep_text(**headers)
        file = FileChange("peps/pep-0695.rst", FileStatus.MODIFIED, before=text, after=text)
        return overrides_of(given, permission_check_for(change(file), edda))

    own = ordered(**{"PEP-Delegate": "Vera Core <v@x.example>"})
    assert own.delegate is not None
    theirs = ordered()
    assert theirs.delegate is None
    assert [one.login for one in theirs.accepted] == ["bob"], "an editor's holds"
    assert theirs.asked == {"carl"}, "that happened, whoever asked"


def test_sponsors_delegates_and_pauses() -> None:
    link = "https://discuss.python.org/t/1/2"
    overrides = overrides_of(
        [
            logged_command(f"accept-sponsor @Ada because {link}", 1),
            logged_command(f"accept-sponsor @bob because {link}", 2),
            logged_command("unsponsor @ADA", 3),
            logged_command("unsponsor", 4),
            logged_command("sponsor @carl", 5),
            logged_command("sponsor", 6),
            logged_command("delegate @dora", 7),
            logged_command("pause because we talk", 8),
        ]
    )
    assert [one.login for one in overrides.accepted] == ["bob"]
    assert overrides.asked == {"carl"}
    assert overrides.delegate is not None
    assert overrides.delegate.login == "dora"
    assert overrides.pause is not None
    assert overrides.pause.reason == "we talk"


def test_numbers_are_reserved_until_released() -> None:
    overrides = overrides_of(
        [
            logged_command("number 850", 1),
            logged_command("number 842 for #12 because x", 2),
            logged_command("number 850 for #13", 3),
            logged_command("number release 842", 4),
            logged_command("number", 5),
        ]
    )
    assert [(one.number, one.pull_request) for one in overrides.reservations] == [(850, 13)]


def test_a_later_command_settles_a_matter_and_an_earlier_one_does_not() -> None:
    first, second = logged_command("label +a -b", 1), logged_command("label -A", 2)
    assert settled_by_later([first, second], first) == {"label:a"}
    assert settled_by_later([first, second], second) == set()


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
    logged = [logged_command(canonical, minute) for minute, canonical in enumerate(commands)]
    shuffled = list(logged)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert overrides_of(shuffled) == overrides_of(logged)
