"""Evidence that the right people agreed to a PEP's new status. Data only.

Nothing is fetched here. A link is recognized by its form, a post by its day and author if these
were read, a person's statement by their account on GitHub. Where a rule objects, evidence is never
reported as complete.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.peps.change import Change
from bot.peps.forum import ForumPost
from bot.peps.links import RecordLink
from bot.peps.people import Login, same_login
from bot.review.overrides import RecordedDelegate
from bot.review.snapshot import Approval
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding


class About(StrEnum):
    """What a piece of evidence is about."""

    RESOLUTION = "resolution"
    COUNCIL_ISSUE = "council-issue"
    RECOMMENDATION = "recommendation"
    APPROVAL = "approval"
    APPOINTMENT = "appointment"
    DELEGATE = "delegate"
    MEMBER = "member"
    AUTHORS = "authors"
    DOCUMENTATION = "documentation"
    PYTHON_VERSION = "python-version"
    SUCCESSOR = "successor"
    SUCCESSOR_BACK = "successor-back"


class EvidenceStatus(StrEnum):
    """Whether a piece of evidence was found."""

    THERE = "there"
    PARTLY = "partly"
    """It is there, but incomplete."""

    MISSING = "missing"
    """PEP 1 or a rule requires it, and it is not there."""

    UNSEEN = "unseen"
    """It is not there, and nothing requires it here."""

    UNKNOWN = "unknown"
    """The bot cannot know whether it is there."""

    SET_ASIDE = "set-aside"
    """An editor said that it is not needed."""


class StatementForm(StrEnum):
    """How a person showed on the pull request that they agree."""

    OPENED = "opened"
    APPROVED = "approved"
    APPROVED_EARLIER = "approved-earlier"
    """They approved a commit that is no longer the head."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence; `about` determines which of the other fields are filled in.

    Attributes:
        about: What it is about.
        found: Whether it was found.
        url: The linked address, if the bot knows the site; empty otherwise.
        link: What the address leads to.
        day: The day given with it.
        who: The people it is about, sanitized.
        body: The name of the body it is about.
        form: How the person agreed.
        value: What a header says, sanitized, or a directive's name.
        numbers: The PEPs it is about.
        status: The status of the PEP it is about.
        is_new: Whether this change added it.
        post: The linked post as it was read; None if it was not.
        delegate_by: What the post's author shares with the delegate who decides: "name" or
            "account", both of which are chosen freely on the forum; empty if neither.
    """

    about: About
    found: EvidenceStatus
    url: str = ""
    link: RecordLink | None = None
    day: date | None = None
    who: tuple[str, ...] = ()
    body: str = ""
    form: StatementForm | None = None
    value: str = ""
    numbers: tuple[int, ...] = ()
    status: str = ""
    is_new: bool = False
    post: ForumPost | None = None
    delegate_by: str = ""

    @property
    def is_lacking(self) -> bool:
        """Whether something required is missing or incomplete."""
        return self.found in (EvidenceStatus.MISSING, EvidenceStatus.PARTLY)


@dataclass(frozen=True, slots=True)
class PeopleStatements:
    """What people said on the pull request, as far as it is evidence.

    Attributes:
        head_sha: The commit at its head.
        approvals: The approving reviews in force.
        delegate: The delegate that an editor put on record.
    """

    head_sha: str
    approvals: tuple[Approval, ...] = ()
    delegate: RecordedDelegate | None = None


@dataclass(frozen=True, slots=True)
class EvidenceSources:
    """Everything that evidence is taken from.

    Attributes:
        change: The change.
        context: What the rules may know besides it.
        findings: What the rules found.
        waived: The rules that an editor waived.
        statements: What people said on the pull request; None offline, where there is none.
    """

    change: Change
    context: Context
    findings: Collection[Finding] = ()
    waived: Collection[str] = ()
    statements: PeopleStatements | None = None

    def statement_by(self, login: Login) -> tuple[StatementForm, str] | None:
        """How an account agreed to this change, and the page that shows it; None if it did not."""
        opener = self.change.author
        if opener is not None and same_login(opener, login):
            return StatementForm.OPENED, ""
        if self.statements is None:
            return None
        for approval in reversed(self.statements.approvals):
            if same_login(approval.login, login):
                is_current = approval.head_sha in ("", self.statements.head_sha)
                return (
                    StatementForm.APPROVED if is_current else StatementForm.APPROVED_EARLIER,
                    approval.url,
                )
        return None

    def after_rules(self, found: EvidenceStatus, path: str, rules: Iterable[str]) -> EvidenceStatus:
        """The status corrected by what the rules say about the same file.

        Evidence that is there is incomplete if one of the rules objects to the file; evidence that
        is not there is set aside if one of them was waived.
        """
        rule_ids = frozenset(rules)
        if any(one.rule in rule_ids and one.path == path and one.is_step for one in self.findings):
            return EvidenceStatus.PARTLY if found is EvidenceStatus.THERE else found
        if not rule_ids.isdisjoint(self.waived):
            return EvidenceStatus.SET_ASIDE if found is not EvidenceStatus.THERE else found
        return found
