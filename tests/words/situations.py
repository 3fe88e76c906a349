"""What the bot writes in some situations, each made by the public function that makes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.commands.role import Role
from bot.peps.change import Change
from bot.peps.document import HEADER, SectionChange, SectionStatus
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.peps.preamble import parse_preamble
from bot.policy.load import default_policy
from bot.review.decision.path import decision_path
from bot.review.published_peps import collect_known_peps
from bot.review.queue.follow_up import FollowUp, FollowUpKind
from bot.review.render import markdown
from bot.review.render.issue import NamedPep, issue_line, number_reply
from bot.review.render.new_pep import path_in_markdown, render_readiness, submission_line
from bot.review.render.queue import follow_up_fact, queue_issue, reminder_comment
from bot.review.render.status import move_in_markdown
from bot.review.snapshot import Base, PullRequestState, Snapshot
from bot.review.subject import CheckResult
from bot.rules.engine.context import ActKind
from tests.builders import (
    LINKS,
    edit,
    new_pep,
    other_change,
    own,
    review_context,
    said,
    snapshot,
    subject,
    wanted,
)
from tests.commands.builders import DECIDER, EDITOR, OPENER, SPONSOR, STRANGER, answers
from tests.commands.builders import under_review as pull_request
from tests.commands.contexts import command_context, run_command
from tests.review.test_comment import AGREED, LINKED, TWINS, switched
from tests.review.test_follow_up import NEVER_IN_A_COMMENT
from tests.review.test_follow_up import issue as submitted_issue
from tests.review.test_follow_up import pep as published
from tests.review.test_follow_up import pull as merged_pull
from tests.review.test_readiness import readiness_of
from tests.review.test_render_queue import LATER, queue
from tests.review.test_render_submission import submission
from tests.review.test_status_move import (
    DATED,
    PACKAGING,
    TYPING,
    VERA_DECIDES,
    moving,
    only,
    superseded,
)
from tests.rules.builders import (
    OWNERS_BEFORE,
    act,
    added,
    change,
    context,
    ledger,
    longer,
    owners_with,
    pep_text,
)
from tests.rules.faulty import TRAP, failing_rules

THREAD = "https://discuss.python.org/t/92548"


@dataclass(frozen=True, slots=True)
class Situation:
    """A text with what it is about.

    Attributes:
        title: The situation.
        text: The bot's text in it.
        templates: The templates it was made with.
    """

    title: str
    text: str
    templates: frozenset[str]


def situations() -> Iterator[Situation]:
    """Every situation, in the order of a pull request's life."""
    markdown._templates().cache = compiled = _Compiled()
    for title, write in _SITUATIONS:
        compiled.asked_for.clear()
        text = write()
        yield Situation(title, text.strip(), frozenset(compiled.asked_for))


class _Compiled(dict[Any, Any]):
    """The compiled templates, and the names of those that a text was made with."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_for: set[str] = set()

    def get(self, key: Any, default: Any = None) -> Any:
        _, name = key
        self.asked_for.add(name)
        return super().get(key, default)


def _on_pull_request(seen: Snapshot) -> str:
    """Labels, comments and check run, as they would be on GitHub."""
    desired = wanted(seen)
    run = desired.check_run
    parts = [f"Labels: {', '.join(f'`{name}`' for name in sorted(desired.labels or ())) or '–'}"]
    parts += [f"Comment:\n\n{comment.body.strip()}" for comment in desired.comments]
    if run is None:
        return "\n\n".join([*parts, "No check run."])
    parts.append(f"Check run: {run.conclusion.value}, “{run.title}”\n\n{run.summary}")
    if run.text:
        parts.append(f"Details:\n\n{run.text}")
    parts += [
        f"Annotation: {note.level}, `{note.path}:{note.start_line}`, “{note.title}”: {note.message}"
        for note in run.annotations
    ]
    parts += [f"Button: “{button.label}”: {button.description}" for button in run.buttons]
    return "\n\n".join(parts)


def _opened(text: str | None = None, /, *, known: Any = None, **more: Any) -> Callable[[], str]:
    context_values = known or {}
    return lambda: _on_pull_request(
        snapshot(new_pep(text, **more), context=review_context(**context_values))
    )


def _not_mergeable() -> str:
    """Nothing is left to fix, but a check of the repository failed, and the branch conflicts."""
    ready = snapshot(new_pep(), context=review_context(acts=AGREED))
    failed = CheckResult("Run check-peps", 1, "https://github.com/python/peps/runs/1", failed=True)
    blocked = replace(ready, base=Base("main"), failed_checks=(failed,), conflicts=True)
    return _on_pull_request(blocked)


def _edited(the_change: Change, **more: Any) -> Callable[[], str]:
    return lambda: _on_pull_request(snapshot(the_change, **more))


def _merged(text: str | None = None, **more: Any) -> Callable[[], str]:
    return lambda: _on_pull_request(
        snapshot(new_pep(text), state=PullRequestState.MERGED, **more),
    )


def _with_files() -> str:
    """A long Abstract, an image that nobody added, and files in the wrong place."""
    text = longer(_PLACEHOLDER, *["Many words."] * 130, "", ".. image:: pep-9999/no.svg")
    files = [added("", f"peps/{path}") for path in ("flow.svg", "pep-9999/a.svg", "pep-9999-b.png")]
    pull = new_pep(text, path="peps/pep-9999.rst")
    pull = replace(pull, files=(*pull.files, *files))
    return _on_pull_request(snapshot(pull, context=review_context(auxiliary=frozenset())))


def _two_peps() -> str:
    second = added(pep_text(792, Created="01-Jan-2025"), "peps/pep-0792.rst")
    both = new_pep()
    return _on_pull_request(snapshot(replace(both, files=(*both.files, second))))


def _with_failed_rule() -> str:
    with failing_rules("sponsor"):
        return _on_pull_request(snapshot(new_pep(longer(pep_text(Sponsor=None), TRAP))))


def _moves(the_change: Change, **known: Any) -> Callable[[], str]:
    return lambda: "\n".join(
        f"- {one}" for one in move_in_markdown(only(the_change, **known), context().today)
    )


def _commands(body: str, by: str = EDITOR, **headers: str) -> Callable[[], str]:
    def write() -> str:
        replies = answers(body, by, pull_request(**headers))
        shown = [one.replace("{mention}", "@login") or "(A reaction only.)" for one in replies]
        return "\n\n".join(
            f"`{line}`, said by {by}:\n\n{reply}"
            for line, reply in zip(body.splitlines(), shown, strict=True)
        )

    return write


def _directory() -> str:
    everybody = replace(command_context(new_pep()), policy=default_policy())
    return run_command("groups", everybody).reply


def _after_merge(*commands: str) -> Callable[[], str]:
    """Commands about a published PEP, on an issue."""

    def write() -> str:
        texts = {
            PepNumber(791): pep_text(),
            PepNumber(758): pep_text(758, Status="Accepted", Resolution=DATED),
        }
        known = command_context(texts=texts)
        return "\n\n".join(f"`/pep {one}`:\n\n{run_command(one, known).reply}" for one in commands)

    return write


def _reminders() -> str:
    body = published(Topic="Typing")
    merged = collect_known_peps({body.number: body}, {7: merged_pull(adds=[791])})
    details = {
        FollowUpKind.DECISION_UNRECORDED: "python/x#1",
        FollowUpKind.PUSHED: "pushed directly, without a pull request: no CODEOWNERS line",
    }
    texts = []
    for kind in FollowUpKind:
        one = FollowUp(
            kind,
            body,
            "3.14-released",
            LATER,
            detail=details.get(kind, "3.14 is released"),
            place="../../../python/x/issues/1",
            added=merged.added[body.number],
        )
        texts.append(f"{kind.value}, in the queue: {follow_up_fact(one)}")
        if kind not in NEVER_IN_A_COMMENT:
            texts.append(reminder_comment(one, subject(7), "main", default_policy(), Login(OPENER)))
    return "\n\n".join(texts)


def _paths() -> str:
    headers = (
        pep_text(),
        pep_text(Topic="Typing", **{"Discussions-To": THREAD}),
        pep_text(Topic="Packaging", **{"PEP-Delegate": "Paula Packaging"}),
        pep_text(Topic="Packaging"),
        pep_text(Title="C API", Type="Informational", **{"PEP-Delegate": "C API Working Group"}),
        pep_text(Topic="Release"),
        pep_text(13),
        pep_text(Status="Final"),
    )
    parts = []
    for text in headers:
        path = decision_path(parse_preamble(text), context(policy=default_policy()))
        parts += [f"- {one}" for one in path_in_markdown(path)] + [""]
    return "\n".join(parts)


def _submission(*changes: SectionChange) -> str:
    body = parse_preamble(pep_text(747, Topic="Typing", **{"Discussions-To": THREAD}))
    own_issue = submission()
    return submission_line(
        own_issue, body, changes, default_policy(), own_issue.opened_at.date(), [own_issue]
    )


_PLACEHOLDER = pep_text(9999, Sponsor=None)
_OPEN = ("", "Open Issues", "-----------", "", "* Which way?")
_LINT_FREE = {"Discussions-To": "Pending"}
_SUMMARY_BEFORE = said(own("Two things to fix: …"))
_COUNCIL_ISSUE = submitted_issue()

_SITUATIONS: tuple[tuple[str, Callable[[], str]], ...] = (
    (
        "A first PEP without number and sponsor",
        _opened(_PLACEHOLDER, path="peps/pep-9999.rst", owners=OWNERS_BEFORE, title="A proposal"),
    ),
    ("A placeholder with images, some of them in the wrong place", _with_files),
    ("A Standards Track PEP with a low number", _opened(pep_text(42), path="peps/pep-0042.rst")),
    ("A new PEP in order; its sponsor is awaited", _opened(pep_text(**_LINT_FREE))),
    ("The author links a post for the sponsor's consent", _opened(body=LINKED)),
    ("The sponsor agreed", _opened(known={"acts": AGREED})),
    ("In order, but a check of the repository fails and the branch conflicts", _not_mergeable),
    (
        "The sponsor took the consent back",
        _opened(known={"acts": (*AGREED, act(ActKind.WITHDRAWAL, minute=1))}),
    ),
    ("The sponsor opened the pull request", _opened(author=Login(SPONSOR))),
    ("A draft", _opened(known={"acts": AGREED}, draft=True)),
    (
        "A sponsor who may not sponsor",
        _opened(pep_text(Sponsor="Olaf Outsider <olaf at example.org>")),
    ),
    (
        "A sponsor whose name may mean two people",
        _opened(pep_text(Sponsor="Anna Twin"), known={"core_team": TWINS}, owners=OWNERS_BEFORE),
    ),
    (
        "An author whose name may mean two people",
        _opened(pep_text(Author="Anna Twin", Sponsor=None), known={"core_team": TWINS}),
    ),
    ("The core team's list cannot be read", _opened(known={"core_team": None})),
    (
        "A core developer's PEP without a CODEOWNERS line",
        _opened(pep_text(Author="Vera Core", Sponsor=None), owners=OWNERS_BEFORE),
    ),
    (
        "A CODEOWNERS line with other people",
        _opened(owners=owners_with("peps/pep-0791.rst  @wim")),
    ),
    (
        "A typing PEP",
        _opened(pep_text(Sponsor="Tina Typing", Topic="Typing", **{"Discussions-To": THREAD})),
    ),
    (
        "A packaging PEP with a standing delegate",
        _opened(pep_text(Topic="Packaging", **{"PEP-Delegate": "Paula Packaging"})),
    ),
    ("A packaging PEP without a delegate", _opened(pep_text(Topic="Packaging"))),
    (
        "A PEP that the Packaging Council decides on",
        lambda: _on_pull_request(
            snapshot(new_pep(pep_text(Topic="Packaging")), context=switched())
        ),
    ),
    (
        "A PEP with a delegate in its header",
        _opened(pep_text(**VERA_DECIDES), known={"acts": AGREED}),
    ),
    ("An election", _opened(pep_text(8107), path="peps/pep-8107.rst", title="PEP 8107: x")),
    (
        "A number that an earlier pull request claims",
        _opened(known={"numbers": ledger(claims={4000: 791})}),
    ),
    ("A number far ahead", _opened(pep_text(850), path="peps/pep-0850.rst")),
    ("A lower number is free", _opened(known={"numbers": ledger(range(700, 789))})),
    (
        "A number below the last one",
        _opened(
            pep_text(786), path="peps/pep-0786.rst", known={"numbers": ledger(claims={4422: 786})}
        ),
    ),
    (
        "The other claims are still being read",
        _opened(known={"numbers": ledger(complete=False)}),
    ),
    (
        "A number that is reserved for nobody yet",
        _opened(known={"numbers": ledger(reserved={791: "For Nova."})}),
    ),
    ("Two new PEPs", _two_peps),
    (
        "A finding set aside by label",
        lambda: _on_pull_request(
            snapshot(new_pep(pep_text(Sponsor=None)), instructions=frozenset({"skip sponsor"}))
        ),
    ),
    (
        "Paused by an editor",
        lambda: _on_pull_request(
            snapshot(new_pep(_PLACEHOLDER), instructions=frozenset({"bot: paused"}))
        ),
    ),
    (
        "Marked as a new PEP by a person",
        lambda: _on_pull_request(
            snapshot(
                other_change(),
                labels=frozenset({"new-pep"}),
                set_by_people={"new-pep": Login(EDITOR)},
            )
        ),
    ),
    ("A rule failed", _with_failed_rule),
    (
        "No PEP is touched any more",
        lambda: _on_pull_request(snapshot(other_change(), conversation=_SUMMARY_BEFORE)),
    ),
    (
        "All fixed in an edited PEP",
        _edited(edit(pep_text(758), longer(pep_text(758), "x")), conversation=_SUMMARY_BEFORE),
    ),
    ("A wrong number in an edited PEP", _edited(edit(pep_text(758), pep_text(759)))),
    (
        "A change to the wording of a Final PEP",
        _edited(edit(pep_text(758, Status="Final"), longer(pep_text(758, Status="Final"), "x"))),
    ),
    ("CODEOWNERS alone", _edited(change(owners=owners_with("peps/pep-0779.rst  @wim")))),
    (
        "Marked as Accepted, opened by another",
        _edited(
            moving(Resolution="https://discuss.python.org/t/66453/63", **{"PEP-Delegate": "TBD"})
        ),
    ),
    ("Marked as Accepted, in order", _edited(moving(Resolution=DATED))),
    ("Marked as Accepted, a typing PEP", _edited(moving(**TYPING))),
    (
        "Marked as Final without a link to the documentation",
        _edited(moving("Accepted", "Final", Resolution=DATED)),
    ),
    ("Withdrawn", _edited(moving("Draft", "Withdrawn"))),
    ("Superseded", _edited(superseded())),
    ("Back to Draft", _edited(moving("Accepted", "Draft", Resolution=DATED))),
    ("What shows a packaging decision", _moves(moving(**PACKAGING))),
    ("What shows a delegate's decision", _moves(moving(Resolution=DATED, **VERA_DECIDES))),
    ("What shows an unusual move", _moves(moving("Rejected", "Final"))),
    ("What shows a deferral", _moves(moving("Draft", "Deferred"))),
    (
        "Many statuses at once",
        lambda: _on_pull_request(
            snapshot(
                change(
                    *(
                        replace(moving().files[0], path=f"peps/pep-{number:04}.rst")
                        for number in range(758, 764)
                    )
                )
            )
        ),
    ),
    ("After the merge of a new PEP", _merged()),
    ("After the merge of a typing PEP", _merged(pep_text(Topic="Typing"))),
    ("After the merge of a packaging PEP", _merged(pep_text(Topic="Packaging"))),
    ("Reminders after a merge", _reminders),
    ("The queue's issue", lambda: queue_issue(queue())),
    ("Who decides on a PEP, as `/pep explain` tells", _paths),
    ("A PEP that can be submitted", lambda: render_readiness(readiness_of(), "Draft")),
    (
        "A PEP that lacks things before it is submitted",
        lambda: render_readiness(readiness_of(pep_text(Topic="Typing"), None), "Draft"),
    ),
    (
        "A PEP with open issues to be submitted",
        lambda: render_readiness(readiness_of(longer(pep_text(), *_OPEN)), "Draft"),
    ),
    (
        "A PEP whose council has been asked",
        lambda: render_readiness(readiness_of("", None, (_COUNCIL_ISSUE,)), "Draft"),
    ),
    (
        "A packaging PEP to be submitted",
        lambda: render_readiness(readiness_of(Topic="Packaging"), "Draft"),
    ),
    (
        "A decided PEP to be submitted",
        lambda: render_readiness(readiness_of(Status="Final"), "Final"),
    ),
    (
        "A comment on a submission",
        lambda: _submission(
            SectionChange(HEADER, 1, 1),
            SectionChange("Specification", 12, 3),
            SectionChange("Rejected Ideas", 14, 0, SectionStatus.NEW),
        ),
    ),
    ("A submission of a PEP that stayed the same", _submission),
    (
        "An issue that names PEPs",
        lambda: issue_line(
            [NamedPep(PepNumber(791), parse_preamble(pep_text()), (4422, 4500))], LINKS
        ),
    ),
    ("An issue that asks for a number", lambda: number_reply(PepNumber(792))),
    ("Help for a stranger", _commands("/pep help", STRANGER)),
    ("Help for an editor", _commands("/pep help", EDITOR)),
    (
        "Commands of an editor",
        _commands(
            "/pep number\n/pep number 842 for #4422 because it was announced\n"
            "/pep number 790\n/pep number release 850\n/pep skip sponsor because we know them\n"
            "/pep unskip sponsor\n/pep pause because of mail\n/pep resume\n/pep await author\n"
            "/pep await decision\n/pep delegate @ada\n"
            "/pep delegate @olga because https://discuss.python.org/t/1/2\n"
            "/pep delegate @ada because https://discuss.python.org/t/1/2\n"
            "/pep accept-sponsor @ada because https://discuss.python.org/t/91337/47\n"
            "/pep unsponsor @ada\n/pep not-yet 791 because it waits\n/pep label +typing\n"
            "/pep label +unknown\n/pep title\n/pep fix"
        ),
    ),
    (
        "Commands of the author",
        _commands(
            "/pep sponsor @vera\n/pep sponsor @mallory\n/pep skip sponsor because I say so\n"
            "/pep await editor\n/pep await decision\n/pep pause\n/pep label +typing\n"
            "/pep number 842\n/pep submit\n/pep prepare accepted\n/pep thread " + THREAD,
            OPENER,
        ),
    ),
    ("Commands of the sponsor", _commands("/pep sponsor\n/pep unsponsor", SPONSOR)),
    ("Commands of a decider", _commands("/pep delegate @paula\n/pep unsponsor @vera", DECIDER)),
    (
        "Commands of a stranger",
        _commands("/pep sponsor\n/pep unsponsor\n/pep fix\n/pep number\n/pep check", STRANGER),
    ),
    (
        "Commands that are written wrong",
        _commands(
            "/pep skp sponsor\n/pep skip sponsoor because x\n/pep skip sponsor\n/pep number zehn\n"
            "/pep number 842 fr #12\n/pep prepare accepted 758 01-Foo-2025\n"
            "/pep sponsor ada lovelace\n"
            "/pep await nobody\n/pep label typing\n/pep thread discuss\n/pep frobnicate"
        ),
    ),
    (
        "A core developer offers to decide on a PEP",
        lambda: (
            run_command(
                "delegate",
                replace(
                    command_context(new_pep()),
                    commenter=Login("wim"),
                    roles=frozenset({Role.ANYONE}),
                ),
            ).reply
        ),
    ),
    ("The directory of work groups", _directory),
    ("An idea that needs no PEP yet", _commands("/pep idea", EDITOR)),
    ("Explain", _commands("/pep explain", EDITOR)),
    ("Explain, of a placeholder", _commands("/pep explain", EDITOR, PEP="9999")),
    ("Explain one rule", _commands("/pep explain sponsor", EDITOR)),
    (
        "Commands after a merge",
        _after_merge(
            "submit 791",
            f"thread {THREAD} 791 19-May-2025",
            f"thread {THREAD}/4 791",
            "prepare accepted 791",
            "prepare final 758",
            "prepare superseded 758 by 791",
            "prepare accepted 9000",
            "not-yet 791",
            "skip sponsor because x",
        ),
    ),
)
