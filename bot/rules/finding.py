"""What a rule says when something is to be mended or told."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs.

    An error is wrong if merged, a warning is for somebody to mend, a notice is for information.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def rank(self) -> int:
        """For sorting: what weighs most comes first."""
        return list(Severity).index(self)

    def at_most(self, other: "Severity") -> "Severity":
        """The lighter of the two."""
        return max(self, other, key=lambda severity: severity.rank)


class Need(StrEnum):
    """What a pull request lacks, as its `needs …` label says it."""

    SPONSOR = "sponsor"
    CODEOWNERS = "codeowners"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Fix:
    """A mechanical mend: whole lines of the finding's file, replaced by others.

    Attributes:
        first_line: The first 1-based line that is replaced.
        last_line: The last one; `first_line - 1` to put lines in before the first.
        lines: What stands there afterwards, without line ends; empty to take the lines out.
    """

    first_line: int
    last_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule has to say about a change, with its place and what to do.

    `message`, `action` and `help` are plain sentences in which only code stands between single
    backticks; whatever a stranger wrote has passed `bot.rules.wording` first. The renderer escapes
    everything outside the code, so a finding is safe in Markdown, in HTML and on a terminal.

    Attributes:
        rule: The id of the rule that speaks, kebab-case.
        severity: How much it weighs.
        message: What is wrong, one or two sentences; the text of an annotation.
        action: What its reader should do, in the imperative and a few words ("Find a sponsor");
            empty where nothing is to be done.
        help: What follows the action: how, and why. Empty if the message says it all.
        path: The file concerned, relative to the repository, with `/`; None if it has no place.
        line: The 1-based line in the file as changed; None for the whole file.
        pep: The PEP concerned, if one is.
        need: What the pull request lacks while this finding stands.
        paste: Text ready to be pasted, without trailing line end; None if there is none.
        waits_for_person: True if a person other than the pull request's author has to act.
        columns: The first and last 1-based column on the line; None for all of it.
        fix: Lines that mend it, where that is mechanical.
    """

    rule: str
    severity: Severity
    message: str
    action: str = ""
    help: str = ""
    path: str | None = None
    line: int | None = None
    pep: int | None = None
    need: Need | None = None
    paste: str | None = None
    waits_for_person: bool = False
    columns: tuple[int, int] | None = None
    fix: Fix | None = None

    @property
    def is_step(self) -> bool:
        """Whether the pull request's author has something to mend."""
        return self.severity is not Severity.NOTICE and not self.waits_for_person
