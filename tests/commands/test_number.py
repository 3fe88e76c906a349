"""`/pep number`: what it shows, which numbers can be reserved, and which are refused."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.result import CommandResult, nothing_to_do
from bot.peps.number import NumberLedger, PepNumber
from bot.peps.people import Login
from bot.review.overrides import Reservation
from tests.builders import NOW, new_pep, review_context, snapshot
from tests.commands.contexts import context_on, run_command
from tests.rules.builders import ledger

ON_PULL_REQUEST = snapshot(new_pep())


def asked(text: str, numbers: NumberLedger, **values: object) -> CommandResult:
    return run_command(text, context_on(ON_PULL_REQUEST, numbers=numbers, **values))


def reservation(number: int, **values: object) -> Reservation:
    fields = {
        "number": PepNumber(number),
        "pull_request": None,
        "reason": "",
        "by": Login("edda"),
        "at": NOW,
        "url": "https://github.com/python/peps/pull/1#issuecomment-1",
    }
    return Reservation(**(fields | values))  # type: ignore[arg-type]


def reserving(number: int, why: str) -> CommandContext:
    context = review_context()
    numbers = context.policy.numbers.model_copy(update={"reserved": {PepNumber(number): why}})
    policy = context.policy.model_copy(update={"numbers": numbers})
    return context_on(ON_PULL_REQUEST, policy=policy)


def test_claims_are_grouped_by_number() -> None:
    answer = asked("number", ledger(claims={12: 795, 13: 792, 14: 795})).reply
    claims = answer.partition("Claimed by open pull requests:\n\n")[2]
    assert claims.splitlines()[:2] == ["- 792: `#13`", "- 795: `#12` and `#14`"]
    assert "may be taken" not in answer
    assert "Claimed" not in asked("number", replace(ledger(), claims=())).reply
    assert "so it may be taken" in asked("number", ledger(complete=False)).reply


def test_three_unused_numbers_in_a_row_become_a_range() -> None:
    published = [*range(700, 760), *range(763, 770), *range(772, 780), *range(781, 791)]
    answer = asked("number", replace(ledger(published), claims=())).reply
    assert answer.endswith("Unused below: 760 to 762, 770, 771 and 780.")
    assert "Unused" not in asked("number", replace(ledger(range(700, 791)), claims=())).reply


def test_a_number_assigned_to_the_askers_pull_request_is_theirs_and_others_get_the_next() -> None:
    mine = replace(ledger(claims={}), claims=(), assigned={PepNumber(791): 4422})
    answer = asked("number", mine).reply
    assert answer.startswith("**791** is reserved for this pull request. For others, the next PEP")
    assert "the next PEP number is **792**." in answer
    theirs = replace(mine, assigned={PepNumber(791): 4423})
    assert asked("number", theirs).reply.startswith("The next PEP number is **792**.")
    claimed = ledger(claims={4422: 791, 4423: 792, 4424: 791})
    answer = asked("number", claimed).reply
    assert answer.startswith("**791** is claimed by this pull request. For others, the next PEP")
    assert "the next PEP number is **793**." in answer
    later = asked("number", ledger(claims={4421: 791, 4422: 791})).reply
    assert later.startswith("The next PEP number is **792**."), "the older one has it"
    on_an_issue = context_on(None, numbers=mine)
    assert run_command("number", on_an_issue).reply.startswith("The next PEP number is **792**.")


def test_reservations_are_listed_with_pull_request_and_reason() -> None:
    two = (reservation(842, pull_request=12, reason="it was *announced*"), reservation(850))
    answer = asked("number", ledger(), reservations=two).reply
    link = "[as said here](https://github.com/python/peps/pull/1#issuecomment-1)"
    assert f"- 842 for `#12`, {link}: `it was *announced*`\n- 850, {link}" in answer
    assert "\n- 805: For Nova." in run_command("number", reserving(805, "For Nova.")).reply
    assert "Reserved:" not in asked("number", ledger()).reply


def test_only_a_number_that_a_pep_can_get_is_reserved() -> None:
    numbers = ledger(claims={12: 795, 13: 795, 14: 796})
    assert asked("number 800", numbers) == CommandResult(True)
    assert asked("number 790", numbers).reply == "PEP 790 is already published."
    for number in (0, 9999):
        answer = f"{number} is a placeholder and cannot be reserved."
        assert asked(f"number {number}", numbers) == CommandResult(False, answer)
    refused = asked("number 795", numbers)
    assert not refused.done
    assert refused.reply.startswith("795 is claimed by `#12` and `#13`; use `/pep number 795 for")
    assert asked("number 796 for #14", numbers) == CommandResult(True), "it is its own claim"
    answer = asked("number 795 for #12", numbers)
    assert (answer.done, answer.reply) == (
        True,
        "`#13` also claims 795, and will be asked to use another.",
    )


def test_numbers_of_other_repositories_are_their_own() -> None:
    for named in ("python/peps", "Python/PEPs"):
        assert asked(f"number 800 for {named}#12", ledger()).done
    refused = asked("number 800 for python/cpython#12", ledger())
    assert refused.reply == "`python/cpython` is another repository; it has numbers of its own."
    assert not refused.done


def test_what_the_policy_reserves_is_changed_there_but_may_be_assigned() -> None:
    command_context = reserving(805, "For Nova.")
    assert (
        "805 is already reserved in the repository's policy"
        in run_command("number 805", command_context).reply
    )
    assert run_command("number 805 for #12", command_context).done
    assert run_command("number 806", command_context).done
    released = run_command("number release 805", command_context)
    assert not released.done
    assert "release it there" in released.reply
    assert run_command("number release 806", command_context) == nothing_to_do(
        "806 is not reserved, so there is nothing to release."
    )
    reserved_too = replace(command_context, reservations=(reservation(806), reservation(805)))
    assert run_command("number release 805", reserved_too).done
