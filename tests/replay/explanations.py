"""Why the bot finds what it finds in merged history, and why its suggestions were not taken.

Kept by hand. The report is not written while something is unexplained here, or while an explanation
no longer fits what the bot says.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.rules.engine.finding import Severity


class Truth(StrEnum):
    """Whether a finding on a merged pull request was right."""

    TRUE = "true"
    FALSE_ALARM = "false alarm"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a finding was right, and why; for CODEOWNERS lines, whether history fixed them."""

    truth: Truth
    why: str
    fixed_later: bool = False


def _true(why: str, *, fixed_later: bool = False) -> Explanation:
    return Explanation(Truth.TRUE, why, fixed_later)


def _false_alarm(why: str) -> Explanation:
    return Explanation(Truth.FALSE_ALARM, why)


_FORGOTTEN = _true("forgotten: a line with these owners was added later", fixed_later=True)
_DISORDERED = _true("overlooked: the line was moved later", fixed_later=True)
_MISFILED = _true("a slip in the title, which is now the commit's")

_DELEGATED_FURTHER = _true(
    "no standing delegate, but one of their choice, which nothing in the change shows"
)

EXPLANATIONS: dict[tuple[int | None, str], Explanation] = {
    (3491, "codeowners"): _false_alarm(
        "four of its 28 authors look after it, and the others were never added"
    ),
    (3625, "codeowners"): _FORGOTTEN,
    (3599, "codeowners"): _true("forgotten, and still in the last of these days"),
    (3798, "codeowners"): _DISORDERED,
    (3947, "codeowners"): _FORGOTTEN,
    (4158, "codeowners"): _FORGOTTEN,
    (4281, "codeowners"): _false_alarm(
        "one of its authors looks after it, and the other was never added"
    ),
    (4301, "codeowners"): _FORGOTTEN,
    (4328, "codeowners"): _DISORDERED,
    (4448, "codeowners"): _FORGOTTEN,
    (None, "post-history"): _true("`9-Oct-2023`: check-peps.py refuses it too; fixed later"),
    (None, "role-links"): _true("an address of PEP 719; check-peps.py refuses it too"),
    (3508, "copyright"): _true("the former words in a new PEP"),
    (3785, "copyright"): _true("the former words in a new PEP"),
    (3811, "copyright"): _true("words of its own"),
    (4077, "copyright"): _true("the former words in a new PEP"),
    (4458, "copyright"): _true("a line stands there twice"),
    (4218, "sections"): _true("no Copyright section at all, and none in the last of these days"),
    (3576, "delegate"): _true("an empty line for the delegate of a PEP that became Final"),
    (3960, "delegate"): _true("names the C API Working Group, which cannot be one"),
    (3961, "delegate"): _true("the PEP that was taken back from Accepted for it (#4141)"),
    (4060, "delegate"): _true("names the C API Working Group, which cannot be one"),
    (4140, "delegate"): _true(
        "Accepted by the C API Working Group; taken back the same day (#4141)"
    ),
    (3922, "delegate"): _DELEGATED_FURTHER,
    (3947, "delegate"): _DELEGATED_FURTHER,
    (4187, "delegate"): _DELEGATED_FURTHER,
    (4529, "delegate"): _DELEGATED_FURTHER,
    (3547, "relations"): _true(
        "PEP 6 names no successor, and PEP 387 not PEP 5 in `Replaces`; accepted so"
    ),
    (3523, "relations"): _true(
        "deliberate: PEP 734, then a Draft, was proposed in the place of PEP 554"
    ),
    (3701, "relations"): _true("PEP 563 stayed Accepted until #4411 made it Superseded"),
    (4020, "relations"): _true("one-sided, and so in the last of these days"),
    (4070, "relations"): _true("one-sided, and so in the last of these days"),
    (4411, "relations"): _true("one-sided, and so in the last of these days"),
    (3601, "substance"): _true("other metadata blocks after the acceptance; no section lists it"),
    (3971, "substance"): _true("where the provenance is, anew; no section lists it"),
    (4364, "substance"): _true("what the implementation showed; no section lists it"),
    (4395, "substance"): _true("template and string add no more; no section lists it"),
    (4585, "canonical-doc"): _true("an editor asked for it after the merge; it came 5 days later"),
    (3591, "canonical-doc"): _false_alarm("an internal: there is nothing to point to"),
    (3810, "canonical-doc"): _false_alarm("an internal: there is nothing to point to"),
    (4627, "canonical-doc"): _false_alarm("a criterion for releases: nothing to point to"),
    (3512, "open-issues"): _true("four subjects, all still there in the last of these days"),
    (3694, "open-issues"): _true("taken out by the last of these days, when it was Final"),
    (4464, "open-issues"): _true("one question, still there in the last of these days"),
    (3468, "canonical-doc"): _false_alarm("a removal: there is nothing left to point to"),
    (3723, "canonical-doc"): _true("merged without, and without in the last of these days"),
    (3761, "canonical-doc"): _true("forgotten: it was added later"),
    (3935, "canonical-doc"): _true("merged without, and without in the last of these days"),
    (4140, "resolution"): _true("a bare link, some weeks after days had become usual"),
    (4252, "resolution"): _true("a bare link, after days had become usual"),
    (4255, "resolution"): _true("a bare link, after days had become usual"),
    (4258, "resolution"): _true("a bare link, after days had become usual"),
    (4336, "resolution"): _true("a bare link, after days had become usual"),
    (3609, "number"): _MISFILED,
    (3873, "number"): _MISFILED,
    (4236, "number"): _MISFILED,
    (4458, "number"): _MISFILED,
    (3782, "number"): _true("taken ahead on purpose; the notice asks for no more than a reason"),
    (4036, "number"): _true("taken ahead on purpose; the notice asks for no more than a reason"),
    (3834, "number"): _true("a number with a meaning; the notice leaves it to the editors"),
    (3266, "created"): _false_alarm(
        "the replay's, not the bot's: it was opened before the data begin"
    ),
    (4301, "created"): _true("an editor asked too, and the date was changed the next day"),
    (4732, "created"): _true("the date is a month older than the pull request; nobody minded"),
    (3266, "post-history-thread"): _true("the thread was replaced when a new one was opened"),
    (3654, "post-history-thread"): _true("`Discussions-To` followed to the second thread later"),
    (4157, "post-history-thread"): _true("the new thread is still missing from `Post-History`"),
    (4334, "post-history-thread"): _true("the new thread is still missing from `Post-History`"),
    (4499, "post-history-thread"): _true("the thread was put into `Post-History` later"),
    (4508, "post-history-thread"): _true("the new thread is still missing from `Post-History`"),
    (4512, "post-history-thread"): _true("round 3 is in `Post-History`, round 2 still linked"),
    (4580, "post-history-thread"): _true("the thread was put into `Post-History` later"),
    (3786, "status"): _true("PEP 778 was Deferred from its first day"),
    (4048, "status"): _true("PEP 762 was Final from its first day, as what it tells was done"),
}
"""By pull request and rule, for all that the rule says there.

There are none for `sponsor-consent`: who agreed is not in the data."""

CLASSES: dict[tuple[str, Severity], Explanation] = {
    ("canonical-doc", Severity.NOTICE): _true(
        "typing PEPs that point to the library's documentation; editors accepted it, so no more "
        "than a notice"
    ),
    ("headings", Severity.NOTICE): _true("titles of sections over 79 characters"),
    ("long-lines", Severity.NOTICE): _true("at least one line of prose of 120 characters or more"),
    ("resolved-edit", Severity.NOTICE): _true(
        "large edits of resolved PEPs: clarified, amended, or links and markup renewed"
    ),
    ("status-transition", Severity.NOTICE): _true("deliberate steps, each taken once or twice"),
    ("title-prefix", Severity.NOTICE): _true("titles without the prefix the commit needs"),
}
"""By rule and severity, for findings so alike that one explanation does for all of them. What is
explained one by one is not looked up here."""

NUMBER_RESERVED = (
    "{suggestion} was not published in these years: an open pull request held it, presumably"
)
"""For a suggestion that was not published before the data end; checked when the report is made."""

MISSES = {
    724: "opened before the data begin, when lower numbers were still free",
    748: "took 748, which 749 had left free below the run",
    749: "left 748 free, which #3853 took a few weeks later",
    776: "took 776, which 779 had left free below the run",
    778: "opened in May 2024, when the run was thirty below: renumbered later, presumably",
    779: "an editor asked why not 776, then let it be",
    787: NUMBER_RESERVED,
    798: NUMBER_RESERVED,
    806: NUMBER_RESERVED,
    807: NUMBER_RESERVED,
    808: NUMBER_RESERVED,
    809: NUMBER_RESERVED,
    814: NUMBER_RESERVED,
}
"""By PEP: why an ordinary new PEP has another number than the one the bot would have suggested."""

_BEFORE_THE_LIST = "the author had access before he was on the core team's list (June 2026)"

OTHER_OWNERS = {
    733: "fewer owners than authors with access",
    761: _BEFORE_THE_LIST,
    764: "neither author nor sponsor is known to have access; the line names an editor",
    770: _BEFORE_THE_LIST,
    775: "fewer owners than authors with access",
    788: "an author had access seven weeks before he was on the core team's list",
    811: _BEFORE_THE_LIST,
}
"""By PEP: why the line merged with it has other owners than the bot would have written."""
