"""The one PEP a command is about, with the text a change of it starts from."""

from dataclasses import dataclass

from bot.commands.arguments import Arguments
from bot.commands.published import own_number, peps_in
from bot.commands.scene import Scene
from bot.peps.number import PepNumber, pep_path
from bot.review.snapshot import PullRequestState
from bot.rules.change import Change
from bot.rules.wording import listed

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Concerned:
    """The PEP.

    Attributes:
        number: Which.
        text: As the pull request has it, where an open one changes it; else as it is published.
        change: What the open pull request that changes it changes; None if it is as published.
    """

    number: PepNumber
    text: str
    change: Change | None = None

    @property
    def path(self) -> str:
        """Its file."""
        return pep_path(self.number)


class NotConcerned(Exception):
    """It cannot be told which PEP is meant, or there is no such; the message is for people."""


def concerned(said: Arguments, scene: Scene) -> Concerned:
    """The PEP a command names, or that the pull request changes.

    Raises:
        NotConcerned: There is none, or several.
    """
    pull = scene.pull_request
    change = pull.snapshot.change if pull is not None else None
    state = pull.snapshot.state if pull is not None else None
    number = own_number(said, change)
    if number is None:
        raise NotConcerned(_which(change))
    own = _own_text(number, change)
    if own is not None and state is PullRequestState.OPEN:
        return Concerned(number, own, change)
    if number in scene.at_base.unreadable:
        raise NotConcerned(f"PEP {number} cannot be read as text.")
    text = scene.at_base.texts.get(number)
    if text is None and state is PullRequestState.MERGED:
        text = own  # merged a moment ago: the push is not heard of yet
    if text is not None:
        return Concerned(number, text)
    raise NotConcerned(f"There is no PEP {number} here.")


def others_beside(pep: Concerned, scene: Scene) -> dict[PepNumber, str]:
    """The texts of other PEPs that belong to the same state of the repository as that one."""
    texts = dict(scene.at_base.texts)
    if pep.change is not None:
        own = {number: _own_text(number, pep.change) for number in peps_in(pep.change)}
        texts |= {number: text for number, text in own.items() if text is not None}
    return texts


def _own_text(number: PepNumber, change: Change | None) -> str | None:
    """The PEP as the pull request makes it; None if it does not touch it."""
    path = pep_path(number)
    files = change.files if change is not None else ()
    return next((file.after for file in files if file.path == path), None)


def _which(change: Change | None) -> str:
    touched = peps_in(change)
    if not touched:
        return "Which PEP? Say its number too."
    named = listed(tuple(f"PEP {number}" for number in touched[:_MOST_NAMED]))
    if len(touched) > _MOST_NAMED:
        named = f"{len(touched)} PEPs"
    return f"This pull request changes {named}: say which one is meant."
