"""What comes of a command: what is answered, and what is to be written on GitHub."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.peps.people import Login
from bot.review.fixes.suggestions import Suggestion
from bot.rules.engine.finding import join_names, safe_code
from bot.rules.engine.registry import RuleFailed


@dataclass(frozen=True, slots=True)
class SetLabel:
    """Set a label on the issue or pull request."""

    name: str

    @property
    def slot(self) -> str:
        """What this settles."""
        return label_slot(self.name)


@dataclass(frozen=True, slots=True)
class TakeLabelOff:
    """Take a label off the issue or pull request."""

    name: str

    @property
    def slot(self) -> str:
        """What this settles."""
        return label_slot(self.name)


@dataclass(frozen=True, slots=True)
class Retitle:
    """Give the pull request another title."""

    title: str

    @property
    def slot(self) -> str:
        """What this settles."""
        return "title"


@dataclass(frozen=True, slots=True)
class Suggest:
    """Post suggestions on lines of the diff, in one review.

    Attributes:
        head_sha: The commit they are made for.
        suggestions: What is suggested, where.
        otherwise: Markdown for the reply if GitHub does not take them.
    """

    head_sha: str
    suggestions: tuple[Suggestion, ...]
    otherwise: str

    @property
    def slot(self) -> str:
        """What this settles."""
        return "suggestions"


Effect = SetLabel | TakeLabelOff | Retitle | Suggest


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What came of a command.

    Attributes:
        done: Whether it was carried out; else `reply` tells why not, and who may or what to do.
        reply: Markdown for the reply; empty for silence. What strangers wrote in it is harmless.
        effects: What is to be written.
        mention: An account that the reply is addressed to, the one place where the bot mentions
            anybody but the pull request's author.
        note: What to remember about the circumstances, for the command's own later use.
        review: Whether the pull request is to be read anew and reviewed.
        failures: Rules whose code failed on the way, for the log.
    """

    done: bool
    reply: str = ""
    effects: tuple[Effect, ...] = field(default_factory=tuple)
    mention: Login | None = None
    note: str = ""
    review: bool = True
    failures: tuple[RuleFailed, ...] = ()


def done(
    reply: str = "", *effects: Effect, mention: Login | None = None, note: str = ""
) -> CommandResult:
    """It was carried out."""
    return CommandResult(True, reply, effects, mention, note)


def with_apology(result: CommandResult, failures: Iterable[RuleFailed]) -> CommandResult:
    """The outcome, with a word on the rules that failed, each once; itself where none did."""
    failed = {failure.rule: failure for failure in failures}
    if not failed:
        return result
    rules = join_names(tuple(map(safe_code, failed)))
    ids = join_names(tuple(safe_code(failure.id) for failure in failed.values()))
    apology = (
        f"Sorry: my check of {rules} failed through a fault of mine, and what it has to say is "
        f"missing here ({ids} in my log)."
    )
    reply = f"{result.reply}\n\n{apology}" if result.reply else apology
    return replace(result, reply=reply, failures=tuple(failed.values()))


def refused(reply: str) -> CommandResult:
    """It was not carried out, for this reason."""
    return CommandResult(False, reply)


def label_slot(name: str) -> str:
    """What a change of a label settles; GitHub tells labels apart without case."""
    return f"label:{name.casefold()}"
