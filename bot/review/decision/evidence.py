"""What shows that a PEP's new status is what those who have a say wanted: data only.

Nothing is fetched here: a link is known by its form, and a post by its day and writer where these
were read; a person's word by their account here. What the rules hold against a pull request is
theirs to say; here nothing is called there against them.
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
    APPOINTMENT = "appointment"
    DELEGATE = "delegate"
    MEMBER = "member"
    AUTHORS = "authors"
    DOCUMENTATION = "documentation"
    PYTHON_VERSION = "python-version"
    SUCCESSOR = "successor"
    SUCCESSOR_BACK = "successor-back"


class EvidenceStatus(StrEnum):
    """How it stands with a piece of evidence."""

    THERE = "there"
    PARTLY = "partly"
    """It is there, but does not say all it should."""

    MISSING = "missing"
    """PEP 1 or a rule asks for it, and it is not there."""

    UNSEEN = "unseen"
    """It is not there, and nothing asks for it here."""

    UNKNOWN = "unknown"
    """Whether it is there cannot be told."""

    SET_ASIDE = "set-aside"
    """An editor said that it is not needed."""


class StatementForm(StrEnum):
    """How a person's word was given here."""

    OPENED = "opened"
    APPROVED = "approved"
    APPROVED_EARLIER = "approved-earlier"
    """They approved what is no longer the head."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of it; which of the further fields are filled follows from what it is about.

    Attributes:
        about: What it is about.
        found: How it stands.
        url: What is linked, only if it is a place that the bot knows; empty otherwise.
        link: What the address leads to.
        day: The day that is given with it.
        who: The people it is about, made harmless.
        body: The name of the body it is about.
        form: How the person's word was given.
        value: What a header says, made harmless, or a directive's name.
        numbers: The PEPs it is about.
        status: The status of the PEP it is about.
        is_new: Whether this change brought it in.
        post: The linked post as it was read; None if it was not.
        delegate_by: By what its writer goes for the delegate who decides: by "name" or "account",
            which on the forum are chosen freely; empty if by neither.
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
        """Whether something that is asked for is not there, or not as it should be."""
        return self.found in (EvidenceStatus.MISSING, EvidenceStatus.PARTLY)


@dataclass(frozen=True, slots=True)
class PeopleStatements:
    """What people said on the pull request, as far as evidence goes.

    Attributes:
        head_sha: The commit at its head.
        approvals: The approving reviews that stand.
        delegate: The delegate an editor put on record.
    """

    head_sha: str
    approvals: tuple[Approval, ...] = ()
    delegate: RecordedDelegate | None = None


@dataclass(frozen=True, slots=True)
class EvidenceSources:
    """All that evidence is taken from.

    Attributes:
        change: The change.
        context: What may be known beside it.
        findings: What the rules hold against it.
        waived: The rules that an editor set aside.
        statements: What people said on it; None offline, where nobody speaks.
    """

    change: Change
    context: Context
    findings: Collection[Finding] = ()
    waived: Collection[str] = ()
    statements: PeopleStatements | None = None

    def statement_by(self, login: Login) -> tuple[StatementForm, str] | None:
        """How an account gave its word to this, and the page that shows it; None if it did not."""
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
        """What is left of "it is there", or gone, after what the rules say of the same file."""
        rule_ids = frozenset(rules)
        if any(one.rule in rule_ids and one.path == path and one.is_step for one in self.findings):
            return EvidenceStatus.PARTLY if found is EvidenceStatus.THERE else found
        if not rule_ids.isdisjoint(self.waived):
            return EvidenceStatus.SET_ASIDE if found is not EvidenceStatus.THERE else found
        return found
