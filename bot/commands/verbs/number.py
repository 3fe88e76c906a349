"""`/pep number`: show the next number and who has which; reserve or release one."""

from collections.abc import Iterable
from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import NUMBER, PULL_REQUEST, Because
from bot.commands.grammar.arguments import Arguments, Literal, OptionalPart
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, nothing_to_do, refused
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.peps.number import NumberLedger, PepNumber, free_numbers, next_number, older_claimant
from bot.review.overrides import Overrides, Reservation
from bot.review.render.markdown import escape, target
from bot.rules.engine.finding import join_names, safe_code


def apply(overrides: Overrides, arguments: Arguments, logged: LoggedCommand) -> Overrides:
    """Reserve or release the number."""
    if arguments.number is None:
        return overrides
    reserved = [one for one in overrides.reservations if one.number != arguments.number]
    if "release" not in arguments.keywords:
        number, pull_request, why = arguments.number, arguments.pull_request, arguments.reason
        by, at, url = logged.login, logged.at, logged.url
        reserved.append(Reservation(number, pull_request, why, by, at, url))
    return replace(overrides, reservations=tuple(sorted(reserved, key=lambda one: one.number)))


def changes_reservations(logged: LoggedCommand) -> bool:
    """Whether a command reserves a number or releases one."""
    return logged.canonical.startswith("number ")


@command(
    "number",
    form(
        who=[Role.ANYONE],
        summary="show the next PEP number, and all claims",
        example="number",
    ),
    form(
        NUMBER,
        OptionalPart((Literal("for"), PULL_REQUEST)),
        OptionalPart((Because(),)),
        who=[Role.EDITOR, Role.COLLABORATOR],
        summary="reserve a number, for a pull request or in general",
        example="number 842 for #4422 because it was announced",
    ),
    form(
        Literal("release"),
        NUMBER,
        who=[Role.EDITOR, Role.COLLABORATOR],
        summary="release a reserved number",
        example="number release 842",
    ),
    doc=(
        "A new PEP takes the next number that no published PEP and no open pull request "
        "has; the first pull request to claim a number gets it. An editor may reserve a "
        "number. A number reserved for a pull request belongs to it, whoever else claims "
        "it; a number reserved in general is not free until it is released. Numbers that "
        "the policy reserves are changed there."
    ),
    works_on_issues=True,
    works_when_closed=True,
    apply=apply,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Show, reserve, or release a number."""
    if arguments.number is None:
        return done(render_number(command_context))
    if "release" in arguments.keywords:
        return _release(arguments.number, command_context)
    if arguments.repository.casefold() not in (
        "",
        command_context.subject.repository.full_name.casefold(),
    ):
        return refused(
            f"{safe_code(arguments.repository)} is another repository; it has numbers of its own."
        )
    return _reserve(arguments.number, arguments.pull_request, command_context)


def render_number(command_context: CommandContext) -> str:
    """What is known about numbers, for people."""
    ledger = command_context.numbers
    own_pull_request = (
        command_context.subject.number if command_context.pull_request is not None else None
    )
    lines = [_next(ledger, own_pull_request)]
    if not ledger.claims_complete:
        lines[0] += " Not every open pull request has been read yet, so it may be taken."
    claims: dict[PepNumber, list[str]] = {}
    for claim in ledger.claims:
        # As code, so that GitHub does not add a reference to the other pull request's timeline.
        claims.setdefault(claim.number, []).append(f"`#{claim.pull_request}`")
    if claims:
        lines += ["", "Claimed by open pull requests:", ""]
        lines += [f"- {number}: {join_names(tuple(claims[number]))}" for number in sorted(claims)]
    reserved_lines = [
        *_reserved_by_policy(command_context),
        *map(_render_reservation, command_context.reservations),
    ]
    if reserved_lines:
        lines += ["", "Reserved:", "", *reserved_lines]
    if free := free_numbers(ledger):
        lines += ["", f"Unused below: {join_names(_runs(free))}."]
    return "\n".join(lines)


def _next(ledger: NumberLedger, own_pull_request: int | None) -> str:
    """The next number; one that the asker's pull request has, reserved or claimed, is theirs."""
    number = next_number(ledger, for_pull_request=own_pull_request)
    others = f"For others, the next PEP number is **{next_number(ledger)}**."
    if own_pull_request is None:
        return f"The next PEP number is **{number}**."
    if ledger.assigned.get(number) == own_pull_request:
        return f"**{number}** is reserved for this pull request. {others}"
    if claimed := _claimed_first(ledger, own_pull_request):
        are = "is" if len(claimed) == 1 else "are"
        return f"{join_names(claimed)} {are} claimed by this pull request. {others}"
    return f"The next PEP number is **{number}**."


def _claimed_first(ledger: NumberLedger, pull_request: int) -> tuple[str, ...]:
    """The numbers that a pull request claims and that nobody else has before it."""
    taken = ledger.published | ledger.reserved.keys()
    return tuple(
        f"**{claim.number}**"
        for claim in ledger.claims
        if claim.pull_request == pull_request
        and claim.number not in taken
        and older_claimant(ledger, claim.number, pull_request) is None
    )


def _runs(numbers: Iterable[PepNumber]) -> tuple[str, ...]:
    """Ascending numbers, with three or more in a row shortened to the first and the last."""
    runs: list[list[PepNumber]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts: list[str] = []
    for row in runs:
        texts += [f"{row[0]} to {row[-1]}"] if len(row) > 2 else map(str, row)
    return tuple(texts)


def _reserved_by_policy(command_context: CommandContext) -> list[str]:
    reserved = command_context.policy.numbers.reserved
    return [f"- {number}: {escape(reserved[number])}" for number in sorted(reserved)]


def _render_reservation(one: Reservation) -> str:
    recipient = f" for `#{one.pull_request}`" if one.pull_request is not None else ""
    why = f": {safe_code(one.reason)}" if one.reason else ""
    return f"- {one.number}{recipient}, [as said here]({target(one.url)}){why}"


def _reserve(
    number: PepNumber, pull_request: int | None, command_context: CommandContext
) -> CommandResult:
    ledger = command_context.numbers
    if number in ledger.published:
        return refused(f"PEP {number} is already published.")
    if number == 0 or number in ledger.placeholders:
        return refused(f"{number} is a placeholder and cannot be reserved.")
    if pull_request is None and number in command_context.policy.numbers.reserved:
        return refused(f"{number} is already reserved in the repository's policy.")
    others = _claimants(number, ledger, but=pull_request)
    if not others:
        return done()
    if pull_request is None:
        return refused(
            f"{number} is claimed by {join_names(others)}; use `/pep number {number} for "
            "#PR` to assign it anyway."
        )
    return done(f"{join_names(others)} also claims {number}, and will be asked to use another.")


def _claimants(number: PepNumber, ledger: NumberLedger, *, but: int | None) -> tuple[str, ...]:
    return tuple(
        f"`#{claim.pull_request}`"
        for claim in ledger.claims
        if claim.number == number and claim.pull_request != but
    )


def _release(number: PepNumber, command_context: CommandContext) -> CommandResult:
    is_reserved = any(one.number == number for one in command_context.reservations)
    if number in command_context.policy.numbers.reserved and not is_reserved:
        return refused(f"{number} is reserved in the repository's policy; release it there.")
    if not is_reserved:
        return nothing_to_do(f"{number} is not reserved, so there is nothing to release.")
    return done()
