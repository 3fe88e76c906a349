"""The result of a command: the reply, and what to write on GitHub."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.peps.people import Login
from bot.review.fixes.suggestions import Suggestion
from bot.rules.engine.finding import join_names, safe_code
from bot.rules.engine.registry import RuleFailed


@dataclass(frozen=True, slots=True)
class SetLabel:
    """Add a label to the issue or pull request."""

    name: str

    @property
    def slot(self) -> str:
        """What this settles."""
        return label_slot(self.name)


@dataclass(frozen=True, slots=True)
class TakeLabelOff:
    """Remove a label from the issue or pull request."""

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
        suggestions: The suggestions and their places.
        otherwise: Markdown for the reply if GitHub rejects them.
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
    """The result of a command.

    Attributes:
        done: Whether it was run; if not, `reply` says why not, and who may use it or what to do.
        reply: Markdown for the reply; empty for none. Untrusted text in it is sanitized.
        effects: What to write on GitHub.
        mention: An account that the reply mentions. Otherwise the bot mentions nobody but the pull
            request's author.
        note: What to store about the circumstances, for the command's own later use.
        review: Whether to read and review the pull request again.
        is_idle: Whether it was run but changed nothing, which is told as a refusal is.
        failures: Rules that raised an error meanwhile, for the log.
    """

    done: bool
    reply: str = ""
    effects: tuple[Effect, ...] = field(default_factory=tuple)
    mention: Login | None = None
    note: str = ""
    review: bool = True
    is_idle: bool = False
    failures: tuple[RuleFailed, ...] = ()

    @property
    def reply_with_mention(self) -> str:
        """The reply, with `@login` in place of `{mention}`."""
        if self.mention is None:
            return self.reply
        return self.reply.replace("{mention}", f"@{self.mention}", 1)


def done(
    reply: str = "", *effects: Effect, mention: Login | None = None, note: str = ""
) -> CommandResult:
    """The result of a command that was run."""
    return CommandResult(True, reply, effects, mention, note)


def with_apology(result: CommandResult, failures: Iterable[RuleFailed]) -> CommandResult:
    """The result with an apology for each rule that failed; unchanged if none did."""
    failed = {failure.rule: failure for failure in failures}
    if not failed:
        return result
    rules = join_names(tuple(map(safe_code, failed)))
    ids = join_names(tuple(safe_code(failure.id) for failure in failed.values()))
    apology = (
        f"Sorry: my check of {rules} failed because of a bug in the bot, so its findings "
        f"are missing here ({ids} in my log)."
    )
    reply = f"{result.reply}\n\n{apology}" if result.reply else apology
    return replace(result, reply=reply, failures=tuple(failed.values()))


def nothing_to_do(reply: str) -> CommandResult:
    """The result of a command that changes nothing, for this reason."""
    return CommandResult(True, reply, is_idle=True)


def refused(reply: str) -> CommandResult:
    """The result of a command that was refused, for this reason."""
    return CommandResult(False, reply)


def label_slot(name: str) -> str:
    """The slot that a label change settles; GitHub ignores the case of labels."""
    return f"label:{name.casefold()}"
