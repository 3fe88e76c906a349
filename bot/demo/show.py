"""Prints what happened on the simulated GitHub, as a person would see it there."""

import re
from dataclasses import dataclass

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

_MARKER = re.compile(r"<!--.*?-->\n*", re.DOTALL)
_FOLD = re.compile(r"<details><summary>(.*?)</summary>")
_EMOJI = {"+1": "👍", "confused": "😕"}
_CONCLUSIONS = {"success": "green", "neutral": "yellow", "failure": "red"}


@dataclass(frozen=True, slots=True)
class Problem:
    """An annotation of the check run."""

    place: str
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class Thread:
    """What a person sees of the bot on a pull request.

    Attributes:
        labels: Its labels.
        comments: The bot's comments, oldest first.
        replies: The bot's replies to commands, oldest first.
        reactions: The bot's reactions, each with the beginning of the text it reacts to.
        conclusion: The conclusion of the check run on the head; None without one.
        title: The check run's title.
        annotations: The check run's annotations.
    """

    labels: frozenset[str] = frozenset()
    comments: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    reactions: tuple[tuple[str, str], ...] = ()
    conclusion: str | None = None
    title: str = ""
    annotations: tuple[Problem, ...] = ()


class Show:
    """Prints the story and, after each step, only what the bot changed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: dict[int, Thread] = {}
        self._steps = 0

    def opening(self, message: str) -> None:
        """Print what the demo is about to show."""
        self._console.print(Panel(Text(message), title="PEP editor bot: demo", expand=False))

    def step(self, message: str) -> None:
        """Print what a person does."""
        self._steps += 1
        self._console.print()
        self._console.rule(f"[bold]{self._steps}. {message}", align="left")

    def event(self, name: str, status: str) -> None:
        """Print a webhook and how it was answered."""
        self._console.print(Text(f"  → {name}  {status}", style="dim"))

    def changes(self, number: int, now: Thread) -> None:
        """Print what the bot changed on a pull request since the last call for it."""
        before = self._seen.get(number, Thread())
        self._seen[number] = now
        if now == before:
            self._line(number, Text("nothing changed, nothing written", style="dim italic"))
            return
        if now.labels != before.labels:
            self._line(number, _labels(before.labels, now.labels))
        if (now.conclusion, now.title, now.annotations) != (
            before.conclusion,
            before.title,
            before.annotations,
        ):
            self._check_run(number, now)
        for content, text in now.reactions:
            if (content, text) not in before.reactions:
                self._line(number, Text(f"{_EMOJI.get(content, content)} to “{text}”"))
        self._texts(number, "comment", before.comments, now.comments)
        self._texts(number, "reply", before.replies, now.replies)

    def _texts(self, number: int, kind: str, before: tuple[str, ...], now: tuple[str, ...]) -> None:
        for index, comment in enumerate(now):
            old = before[index] if index < len(before) else None
            if old != comment:
                title = f"#{number} {kind}, {'edited in place' if old else 'new'}"
                # A terminal cannot fold, so the title of the fold comes before its text.
                body = Markdown(_FOLD.sub(r"**▸ \1**", _MARKER.sub("", comment)))
                self._console.print(Padding(Panel(body, title=title, title_align="left"), (0, 2)))

    def problem(self, message: str) -> None:
        """Print what went wrong."""
        self._console.print(Text(f"✗ {message}", style="bold red"))

    def closing(self, message: str) -> None:
        """Print how the story ended."""
        self._console.print()
        self._console.print(Panel(Text(message), expand=False))

    def _check_run(self, number: int, now: Thread) -> None:
        style = _CONCLUSIONS.get(now.conclusion or "", "dim")
        text = Text("check run ")
        text.append(now.conclusion or "none", style=f"bold {style}")
        text.append(f": {now.title}")
        self._line(number, text)
        for annotation in now.annotations:
            self._console.print(
                Text(f"        {annotation.place}  {annotation.level}: {annotation.message}")
            )

    def _line(self, number: int, text: Text) -> None:
        self._console.print(Text(f"  #{number} ").append_text(text))


def _labels(before: frozenset[str], now: frozenset[str]) -> Text:
    text = Text("labels ")
    for label in sorted(now | before):
        if label not in now:
            text.append(f" -{label} ", style="red strike")
        else:
            text.append(f" {label} ", style="reverse" if label in before else "reverse green")
        text.append(" ")
    return text
