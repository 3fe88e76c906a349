"""The buttons of the check run: which fit the state, and which command each stands for.

GitHub shows them to people with write access only, so each does what a command does as well. A
check run has at most three ("Create a check run"): a label of 20 characters, a description of 40.
"""

from bot.review.button_ids import CHECK, FIX, NUMBER
from bot.review.desired import Button
from bot.review.snapshot import PullRequestState, Snapshot
from bot.review.verdict import Verdict
from bot.rules.finding import Need
from bot.rules.number_standing import number_to_take


def buttons(snapshot: Snapshot, verdict: Verdict) -> tuple[Button, ...]:
    """The buttons that fit; none while the bot is paused."""
    if verdict.paused or snapshot.state is not PullRequestState.OPEN:
        return ()
    found = [Button(CHECK, "Re-check", "Read everything and review again")]
    is_mechanical = any(
        finding.fix is not None or (finding.need is Need.CODEOWNERS and finding.paste)
        for finding in verdict.findings
    )
    ledger = snapshot.context.numbers
    numbers = [
        number
        for one in verdict.peps
        if "number" not in verdict.waived
        and (number := number_to_take(one.pep, one.number, ledger)) is not None
    ]
    if is_mechanical or numbers:
        found.append(Button(FIX, "Suggest fixes", "Suggest all mechanical mends at once"))
    if len(numbers) == 1:
        found.append(
            Button(NUMBER, f"Use number {numbers[0]}", "Get the patch that renames the file")
        )
    return tuple(found)
