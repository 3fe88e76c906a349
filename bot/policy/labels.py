"""The names of the labels that the bot sets, and of those that give it instructions."""

from typing import Self

from pydantic import Field, model_validator

from bot.policy.fields import LabelName, PolicyTable


class LabelNames(PolicyTable):
    """The labels that the bot sets; an empty name turns one off.

    No two may be the same: GitHub ignores the case of labels, and a shared label would be set
    for one reason and removed for another.
    """

    new_pep: LabelName = "new-pep"
    """A pull request that adds a PEP."""

    needs_sponsor: LabelName = "needs sponsor"
    """A new PEP that names nobody who may sponsor it."""

    needs_codeowners: LabelName = "needs codeowners"
    """A new PEP whose line in CODEOWNERS is missing or wrong."""

    needs_number: LabelName = "needs number"
    """A new PEP whose number is a placeholder, taken, or not the same everywhere."""

    awaiting_author: LabelName = "awaiting author"
    """It is the author's turn."""

    awaiting_sponsor: LabelName = "awaiting sponsor"
    """It is the sponsor's turn to agree."""

    awaiting_editor: LabelName = "awaiting editor"
    """It is an editor's turn."""

    awaiting_decision: LabelName = "awaiting decision"
    """It is the turn of those who decide: a pull request with a decision on a PEP."""

    decision: LabelName = ""
    """A pull request that changes a status; off unless it has a name."""

    infrastructure: LabelName = ""
    """A pull request that touches no PEP; off unless it has a name."""

    editorial: LabelName = ""
    """A pull request that changes only the wording of published PEPs; off unless it has a name."""

    topics: dict[str, LabelName] = Field(default_factory=dict)
    """A label for each `Topic` of the PEPs that a pull request touches, such as
    `Typing = "topic-typing"`; issues get them too, if `[issues]` says so."""

    paused: LabelName = "bot: paused"
    """If an editor sets it, the bot does not write on the pull request."""

    skip_prefix: LabelName = "skip "
    """How labels that skip a rule start; the rule's id follows."""

    create_missing: bool = True
    """Whether the bot creates labels that the repository does not have yet."""

    def is_instruction(self, label: str) -> bool:
        """Whether a label gives the bot an instruction, whoever set it; case does not matter."""
        folded, paused = label.casefold(), self.paused.casefold()
        prefix = self.skip_prefix.casefold()
        return bool((paused and folded == paused) or (prefix and folded.startswith(prefix)))

    @model_validator(mode="after")
    def _are_all_different(self) -> Self:
        own = (label for key, label in self if isinstance(label, str) and key != "skip_prefix")
        names = [label.strip().casefold() for label in (*own, *self.topics.values()) if label]
        if len(set(names)) < len(names):
            raise ValueError("no two labels may have the same name")
        return self


class LabelCommand(PolicyTable):
    """Which labels `/pep label` may change, as globs such as `topic-*`; an empty list is none.

    It can never change labels that control the bot.
    """

    editors: tuple[LabelName, ...] = ("*",)
    """By PEP editors."""

    authors: tuple[LabelName, ...] = ()
    """By authors of the pull request or its PEP."""

    anyone: tuple[LabelName, ...] = ()
    """By everybody."""

    denied: tuple[LabelName, ...] = ()
    """By nobody, whatever the other lists say."""
