"""Why the bot remarks what it remarks on merged history, and why its suggestions were not taken.

Kept by hand. The report is not written while something is unexplained here, or while an explanation
no longer fits what the bot says.
"""

from dataclasses import dataclass
from enum import StrEnum


class Truth(StrEnum):
    """Whether a remark on a merged pull request was right."""

    TRUE = "true"
    FALSE_ALARM = "false alarm"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a remark was right, and why; of CODEOWNERS lines, whether history mended them."""

    truth: Truth
    why: str
    mended: bool = False


def _true(why: str, *, mended: bool = False) -> Explanation:
    return Explanation(Truth.TRUE, why, mended)


def _false_alarm(why: str) -> Explanation:
    return Explanation(Truth.FALSE_ALARM, why)


_FORGOTTEN = _true("forgotten: a line with these owners was added later", mended=True)
_DISORDERED = _true("overlooked: the line was moved later", mended=True)
_MISFILED = _true("a slip in the title, which is now the commit's")

REMARKS = {
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
}
"""By pull request and rule, for all that the rule says there.

There are none for `sponsor-consent`: who agreed is not in the data."""

HELD = "{suggestion} was not published in these years: an open pull request held it, presumably"
"""For a suggestion that was not published before the data end; checked when the report is made."""

MISSES = {
    724: "opened before the data begin, when lower numbers were still free",
    748: "took 748, which 749 had left free below the run",
    749: "left 748 free, which #3853 took a few weeks later",
    776: "took 776, which 779 had left free below the run",
    778: "opened in May 2024, when the run was thirty below: renumbered later, presumably",
    779: "an editor asked why not 776, then let it be",
    787: HELD,
    798: HELD,
    806: HELD,
    807: HELD,
    808: HELD,
    809: HELD,
    814: HELD,
}
"""By PEP: why an ordinary new PEP has another number than the one the bot would have suggested."""

OTHER_OWNERS = {
    733: "fewer owners than authors with access",
    764: "neither author nor sponsor is known to have access; the line names an editor",
    775: "fewer owners than authors with access",
    788: "an author had access seven weeks before he was on the core team's list",
}
"""By PEP: why the line merged with it has other owners than the bot would have written."""
