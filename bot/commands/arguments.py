"""What a command says behind its verb, whatever the words were."""

from dataclasses import dataclass
from datetime import date

from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.peps.status import Status
from bot.review.stage import Stage


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A label to be set or taken off."""

    name: str
    add: bool

    def __str__(self) -> str:
        """As it is written in a command."""
        return f'{"+" if self.add else "-"}"{self.name}"'


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a command says behind its verb; what it does not say is None or empty.

    Attributes:
        words: Words of the grammar that were said, such as `release`.
        number: A PEP's number.
        pull_request: The number of a pull request.
        repository: Its repository as its address names it, in whatever case; empty for this one.
        login: An account.
        rules: Ids of rules.
        stage: Whose turn it is to be.
        labels: Labels to set and to take off.
        verb: Another command, for `help`.
        link: An https address.
        status: A status that a PEP is to have.
        successor: The number of the PEP that takes another's place.
        day: A day.
        reason: Why, in the person's own words; cut to 300 characters.
    """

    words: tuple[str, ...] = ()
    number: PepNumber | None = None
    pull_request: int | None = None
    repository: str = ""
    login: Login | None = None
    rules: tuple[str, ...] = ()
    stage: Stage | None = None
    labels: tuple[LabelChange, ...] = ()
    verb: str = ""
    link: str = ""
    status: Status | None = None
    successor: PepNumber | None = None
    day: date | None = None
    reason: str = ""

    @property
    def account(self) -> Login:
        """The account, in a form that has one.

        Raises:
            LookupError: The form has none.
        """
        if self.login is None:
            raise LookupError("this form names no account")
        return self.login
