"""Rule: the sponsor has agreed on the pull request; it sets the label `awaiting sponsor`."""

from collections.abc import Iterable

from bot.peps.change import Change
from bot.peps.changed_pep import new_peps
from bot.rules.engine.assessment import ConsentState, SponsorState
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule
from bot.rules.sponsor import assess_sponsor, sponsor_changes


@rule(
    id="sponsor-consent",
    title="Sponsor's agreement",
    severity=Severity.NOTICE,
    source="PEP 1 § Submitting a PEP; python/peps' template for a new PEP",
    link="https://peps.python.org/pep-0001/#submitting-a-pep",
    doc=(
        "A name in a header does not prove that the person agreed. The sponsor agrees by "
        "approving the pull request, by commenting `/pep sponsor` from their own "
        "account, or by opening the pull request. Dismissing the approval, requesting "
        "changes or `/pep unsponsor` takes this back.\n\nIf the sponsor said anything "
        "else, or the description links a post next to its sponsor item, the check stops "
        "asking but does not count this as agreement. Offline, nothing is checked.\n\nA "
        "new sponsor of a published draft has to agree too. The check run then stays "
        "green, and the queue names the sponsor whose answer is awaited."
    ),
    bad="The sponsor has neither approved the pull request nor commented on it.",
    good="The sponsor approves the pull request, or comments with `/pep sponsor`.",
    remedy=("Wait for the sponsor, or ask them for a review."),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Report, without file or line, each new sponsor who may be one and has not agreed here."""
    if context.pull_request is None:
        return
    assessed = [
        (pep.number, assess_sponsor(pep, change, context))
        for pep in new_peps(change, context.numbers.placeholders)
    ]
    assessed += [
        (one.pep.number, one.assessment) for one in sponsor_changes(change, context) if one.is_new
    ]
    for number, assessment in assessed:
        if assessment.state is not SponsorState.ELIGIBLE:
            continue
        if assessment.consent is ConsentState.AWAITED:
            message = (
                f"The sponsor {assessment.name} has not agreed here yet; an approval, or "
                "a comment with `/pep sponsor`, is enough."
            )
        elif assessment.consent is ConsentState.WITHDRAWN:
            message = (
                f"The sponsor {assessment.name} no longer agrees; an approval, or a "
                "comment with `/pep sponsor`, would change that."
            )
        else:
            continue
        yield Finding(
            rule="sponsor-consent",
            severity=Severity.NOTICE,
            message=message,
            pep=number,
            waits_for_person=True,
        )
