"""The forms of python/peps' pull-request templates, each as what is checked and what is judged.

The items are in our own words. Which form fits is decided by what a pull request changes, never by
the form its description was begun with.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """Something the rules check: it is in order if none of them has anything to say."""

    words: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One template.

    Attributes:
        name: What it is called in python/peps (`.github/PULL_REQUEST_TEMPLATE/`).
        checked: What the rules check of it.
        judged: What only a person can judge.
    """

    name: str
    checked: tuple[Item, ...]
    judged: tuple[str, ...]


_TITLE = Item("title of the pull request", ("title-prefix",))
_HEADER = Item(
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
)

NEW_PEP = Form(
    name="Add a new PEP",
    checked=(
        Item("number", ("number",)),
        Item("sponsor", ("sponsor",)),
        Item("CODEOWNERS", ("codeowners",)),
        _HEADER,
        Item("required sections", ("sections", "copyright")),
        Item("reStructuredText", ("markup", "code-lexer")),
        _TITLE,
    ),
    judged=(
        "whether the title says what the PEP is about, and the text is sound and complete",
        "whether the idea was discussed, and people agreed that it deserves a PEP",
        "whether projects said to support it really do",
        "whether the preview looks right",
    ),
)

DECISION = Form(
    name="Mark a PEP as Accepted or Rejected",
    checked=(
        Item("step of the status", ("status-transition",)),
        Item("Resolution", ("resolution",)),
        Item("delegate", ("delegate",)),
        _HEADER,
        _TITLE,
    ),
    judged=(
        "whether those who decide said so in the linked post",
        "whether conditions of the decision should be noted at the top of the PEP",
        "whether `Post-History` and `Python-Version` tell how it ended",
    ),
)

FINAL = Form(
    name="Mark a PEP as Final",
    checked=(
        Item("step of the status", ("status-transition",)),
        Item("Resolution", ("resolution",)),
        Item("link to the documentation", ("canonical-doc", "directive-colons")),
        _HEADER,
        _TITLE,
    ),
    judged=(
        "whether the implementation is merged, with its tests and documentation",
        "whether the PEP says what was implemented, and changes since the decision were agreed on",
    ),
)

CHANGE = Form(
    name="Change an existing PEP",
    checked=(_HEADER, _TITLE),
    judged=(
        "whether those who are named in the header agree with it",
        "whether the status of the PEP allows for it",
    ),
)
