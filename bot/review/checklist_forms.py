"""The checklist's forms: one for each pull-request template of python/peps, and some short ones.

A form lists what the rules check and what people judge, in our own words. What a pull request
changes decides which form fits, never the template its description was written in. Status changes
without a template in python/peps have short forms based on PEP 1.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.peps.status import MoveKind
from bot.review.decision.evidence import About


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """Something that is checked. It is in order if none of its rules reports anything.

    Where a status changes, the evidence that the item is about must be complete too.
    """

    label: str
    rules: tuple[str, ...]
    about: tuple[About, ...] = ()


@dataclass(frozen=True, slots=True)
class ChecklistForm:
    """One template, or a short form in place of one.

    Attributes:
        name: Its name in python/peps (`.github/PULL_REQUEST_TEMPLATE/`), or the section that a
            short form is based on.
        checked: What the rules check.
        judged: What only a person can judge.
        is_template: Whether python/peps has this template.
    """

    name: str
    checked: tuple[ChecklistItem, ...]
    judged: tuple[str, ...]
    is_template: bool = True


_TITLE = ChecklistItem("title of the pull request", ("title-prefix",))
_HEADER = ChecklistItem(
    "header",
    (
        "header-form",
        "header-names",
        "header-order",
        "header-required",
        "created",
        "discussions-to",
        "people",
        "post-history",
        "python-version",
        "references",
        "status",
        "title",
        "topic",
        "type",
    ),
    (About.PYTHON_VERSION,),
)
_STEP = ChecklistItem("step of the status", ("status-transition",))
_RESOLUTION = ChecklistItem("Resolution", ("resolution",), (About.RESOLUTION,))
_SUCCESSOR = ChecklistItem("successor", ("relations",), (About.SUCCESSOR, About.SUCCESSOR_BACK))

NEW_PEP = ChecklistForm(
    name="Add a new PEP",
    checked=(
        ChecklistItem("number", ("number",)),
        ChecklistItem("sponsor", ("sponsor",)),
        ChecklistItem("CODEOWNERS", ("codeowners",)),
        _HEADER,
        ChecklistItem("sections `Abstract` and `Copyright`", ("sections", "copyright")),
        ChecklistItem("reStructuredText", ("markup", "code-lexer")),
        _TITLE,
    ),
    judged=(
        "whether the title says what the PEP is about, and the text is sound and complete",
        "whether the idea was discussed, and people agreed that it deserves a PEP",
        "whether projects said to support it really do",
        "whether the preview looks right",
    ),
)

DECISION = ChecklistForm(
    name="Mark a PEP as Accepted or Rejected",
    checked=(
        _STEP,
        _RESOLUTION,
        ChecklistItem("delegate", ("delegate",)),
        _HEADER,
        _TITLE,
    ),
    judged=(
        "whether those who decide said so in the linked post",
        "whether conditions of the decision should be noted at the top of the PEP",
        "whether `Post-History` and `Python-Version` tell how it ended",
    ),
)

FINAL = ChecklistForm(
    name="Mark a PEP as Final",
    checked=(
        _STEP,
        _RESOLUTION,
        ChecklistItem(
            "link to the documentation",
            ("canonical-doc", "directive-colons"),
            (About.DOCUMENTATION,),
        ),
        _HEADER,
        _TITLE,
    ),
    judged=(
        "whether the implementation is merged, with its tests and documentation",
        "whether the PEP says what was implemented, and changes since the decision were agreed on",
    ),
)

_PEP_1 = "PEP 1 § PEP Review & Resolution"

WITHDRAWN = ChecklistForm(
    name=_PEP_1,
    checked=(_STEP, _SUCCESSOR, _HEADER, _TITLE),
    judged=(
        "whether its authors want it withdrawn, and where they said so",
        "whether a note at the top should say why",
    ),
    is_template=False,
)

DEFERRED = ChecklistForm(
    name=_PEP_1,
    checked=(_STEP, _HEADER, _TITLE),
    judged=(
        "whether no progress is being made, or its authors want to wait",
        "whether a note at the top should say what it waits for",
    ),
    is_template=False,
)

SUPERSEDED = ChecklistForm(
    name=_PEP_1,
    checked=(_STEP, _SUCCESSOR, _HEADER, _TITLE),
    judged=(
        "whether the PEP that takes its place was accepted, and covers what this one said",
        "whether a note at the top should lead there",
    ),
    is_template=False,
)

ACTIVE = ChecklistForm(
    name=_PEP_1,
    checked=(
        _STEP,
        ChecklistItem("type", ("status-for-type", "type")),
        _RESOLUTION,
        _HEADER,
        _TITLE,
    ),
    judged=(
        "whether those who decide agreed to it",
        "whether it is never meant to be completed",
    ),
    is_template=False,
)

COMPLETED = ChecklistForm(
    name=_PEP_1,
    checked=(_STEP, _HEADER, _TITLE),
    judged=("whether it is over: held, released for the last time, or all told",),
    is_template=False,
)

RESUMED = ChecklistForm(
    name=_PEP_1,
    checked=(_STEP, _HEADER, _TITLE),
    judged=(
        "whether an author or an editor takes it up again",
        "whether it needs a new discussion, in `Discussions-To` and `Post-History`",
    ),
    is_template=False,
)

REVERSED = ChecklistForm(
    name=_PEP_1,
    checked=(_STEP, _HEADER, _TITLE),
    judged=(
        "whether those who decide took the decision back, and where they said so",
        "whether `Resolution`, and what else came with the decision, went with it",
    ),
    is_template=False,
)

_DECISIONS = frozenset({"Accepted", "Provisional", "Rejected"})
_SHORT = {
    MoveKind.REVERSAL: REVERSED,
    MoveKind.SUPERSESSION: SUPERSEDED,
    MoveKind.ACTIVATION: ACTIVE,
    MoveKind.COMPLETION: COMPLETED,
    MoveKind.WITHDRAWAL: WITHDRAWN,
    MoveKind.CORRECTION: WITHDRAWN,
    MoveKind.DEFERRAL: DEFERRED,
    MoveKind.RESUMPTION: RESUMED,
}
"""The short form for each kind of status change; if several PEPs change, the first that fits."""


def form_of_moves(statuses: Collection[str], kinds: Collection[MoveKind]) -> ChecklistForm | None:
    """The form that fits these status changes: that of the most important one.

    Args:
        statuses: The new statuses.
        kinds: The kinds of change.
    """
    if _DECISIONS & set(statuses) and set(kinds) != {MoveKind.CORRECTION}:
        return DECISION
    if "Final" in statuses and set(kinds) != {MoveKind.COMPLETION}:
        return FINAL
    return next((form for kind, form in _SHORT.items() if kind in kinds), None)
