"""What the rules find in the PEP tree of 2025-12-31 as it stands, and why. Kept by hand.

The summary is not written while something is unexplained here, or explained in vain.
"""

from bot.rules.engine.finding import Severity

FINDINGS: dict[tuple[str, Severity], str] = {
    ("copyright", Severity.NOTICE): "resolved PEPs with words of their own, or a section below it",
    ("copyright", Severity.WARNING): "the same in PEPs that are not resolved",
    ("delegate", Severity.NOTICE): (
        "PEP 756 names the C API Working Group, and was withdrawn; PEPs 426, 440, 459 and 503 name "
        "one of their authors, from years when that was done"
    ),
    ("delegate", Severity.WARNING): "PEP 743, a Draft, names the C API Working Group",
    ("headings", Severity.NOTICE): "titles of sections over 79 characters",
    ("hidden-characters", Severity.WARNING): "PEP 672 shows what it is about",
    ("long-lines", Severity.NOTICE): "at least one line of prose of 120 characters or more",
    ("post-history-thread", Severity.NOTICE): (
        "PEPs 767 and 800 lack their present thread in Post-History, PEP 772 links round 2 of 3"
    ),
    ("relations", Severity.NOTICE): (
        "old pairs of Replaces and Superseded-By of which one side is missing, and four PEPs "
        "that are Superseded by none (6, 344, 367, 411); Final PEPs that have a successor, and "
        "PEP 443, which replaces the Deferred PEP 3124"
    ),
    ("sections", Severity.NOTICE): "resolved PEPs from before there was a template",
    ("sections", Severity.WARNING): (
        "PEPs 1, 2, 4, 7, 8, 213, 219 have no Abstract; 213, 219, 233, 720, 772 no Copyright"
    ),
}
"""By rule and severity."""
