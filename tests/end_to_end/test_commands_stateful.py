"""Random people, commands, edits, labels, pushes, disorder and restarts, against a plain model.

The model knows nothing of deliveries: it goes through what was said in the order in which it was
said. Whatever order, doubling and interruption the bot lived through, GitHub must look the same.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep, pep_desk
from tests.end_to_end.desk import BOT, REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose

NUMBER = 1
PEOPLE = (AUTHOR, SPONSOR, EDITOR, STRANGER)
ALLOWED: dict[str, frozenset[str]] = {
    "check": frozenset(PEOPLE),
    "label +typing": frozenset({EDITOR}),
    "label -typing": frozenset({EDITOR}),
    "pause": frozenset({EDITOR, AUTHOR}),
    "resume": frozenset({EDITOR, AUTHOR}),
    "skip codeowners because it is right": frozenset({EDITOR}),
    "unskip codeowners": frozenset({EDITOR}),
    "number 850 because of a birthday": frozenset({EDITOR}),
    "number release 850": frozenset({EDITOR}),
    "frobnicate": frozenset(),
}
_commands = st.lists(st.sampled_from(sorted(ALLOWED)), max_size=4)
_people = st.sampled_from(PEOPLE)


@dataclass
class Text:
    """A comment: who wrote it, what it says now, and what was carried out or barred of it."""

    id: int
    by: str
    commands: list[str]
    seen: set[tuple[str, int]] = field(default_factory=set)
    barred: set[tuple[str, int]] = field(default_factory=set)


@dataclass
class Model:
    """What a person would expect to see."""

    texts: list[Text] = field(default_factory=list)
    typing: bool = False
    paused: bool = False
    waived: bool = False
    reserved: bool = False
    typing_set: int = 0

    def hear(self, text: Text, by: str) -> None:
        """Somebody wrote or changed a text."""
        counts: Counter[str] = Counter()
        for command in text.commands:
            key = (command, counts[command])
            counts[command] += 1
            if key in text.seen or key in text.barred or not self.is_right(command):
                continue
            if by != text.by:
                text.barred.add(key)
            elif text.by in ALLOWED[command]:
                text.seen.add(key)
                self.carry_out(command)

    @staticmethod
    def is_right(command: str) -> bool:
        return command != "frobnicate"

    def carry_out(self, command: str) -> None:
        match command.split():
            case ["label", change]:
                self.typing = change == "+typing"
                self.typing_set += self.typing
            case ["pause"]:
                self.paused = True
            case ["resume"]:
                self.paused = False
            case ["skip", *_]:
                self.waived = True
            case ["unskip", *_]:
                self.waived = False
            case ["number", "release", *_]:
                self.reserved = False
            case ["number", *_]:
                self.reserved = True

    def reaction(self, text: Text) -> list[str]:
        """The reaction to a text as it stands now."""
        if not text.commands:
            return []
        counts: Counter[str] = Counter()
        good = True
        for command in text.commands:
            key = (command, counts[command])
            counts[command] += 1
            good = good and key in text.seen
        return ["+1"] if good else ["confused"]


def body_of(commands: list[str]) -> str:
    return "Some words.\n\n" + "\n".join(f"/pep {command}" for command in commands)


class Thread(RuleBasedStateMachine):
    """One pull request without its CODEOWNERS line, and all that may happen on it."""

    pem = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.model = Model()
        self.held = False
        self.pushes = 0
        self.desk: Desk | None = None

    def run(self, what: object) -> object:
        return self.loop.run_until_complete(what)  # type: ignore[arg-type]

    @property
    def at(self) -> Desk:
        assert self.desk is not None
        return self.desk

    @initialize()
    def open(self) -> None:
        self.run(self._open())

    async def _open(self) -> None:
        folder = Path(self.stack.enter_context(TemporaryDirectory(prefix="pep-bot-")))
        self.desk = await self.stack.enter_async_context(pep_desk(folder, self.pem))
        self.at.simulator.define_label(REPOSITORY, "typing")
        assert await propose(self.at, line=None) == NUMBER

    @rule(by=_people, commands=_commands)
    def say(self, by: str, commands: list[str]) -> None:
        body = body_of(commands)
        comment = self.run(self.at.simulator.comment(REPOSITORY, NUMBER, by=by, body=body))
        assert isinstance(comment, int)
        text = Text(comment, by, commands)
        self.model.texts.append(text)
        self.model.hear(text, by)
        self._settle()

    @precondition(lambda self: self.model.texts)
    @rule(data=st.data(), commands=_commands)
    def edit_own(self, data: st.DataObject, commands: list[str]) -> None:
        text = data.draw(st.sampled_from(self.model.texts), label="text")
        self._edit(text, text.by, commands)

    @precondition(lambda self: self.model.texts and not self.held)
    @rule(data=st.data(), commands=_commands)
    def edit_anothers(self, data: st.DataObject, commands: list[str]) -> None:
        # Not while webhooks are held: who wrote what can be told only from edits heard in order.
        text = data.draw(st.sampled_from(self.model.texts), label="text")
        if text.by != EDITOR:
            self._edit(text, EDITOR, commands)

    def _edit(self, text: Text, by: str, commands: list[str]) -> None:
        if commands == text.commands:
            return
        text.commands = commands
        body = body_of(commands)
        self.run(self.at.simulator.edit_comment(REPOSITORY, text.id, by=by, body=body))
        self.model.hear(text, by)
        self._settle()

    @precondition(lambda self: not self.held)
    @rule(on=st.booleans())
    def label_by_hand(self, on: bool) -> None:
        simulator = self.at.simulator
        if on and not self.model.typing:
            self.run(simulator.label(REPOSITORY, NUMBER, by=EDITOR, name="typing"))
        elif not on and self.model.typing:
            self.run(simulator.unlabel(REPOSITORY, NUMBER, by=EDITOR, name="typing"))
        self.model.typing = on
        self._settle()

    @rule()
    def push(self) -> None:
        self.pushes += 1
        text = pep(body=f"Version {self.pushes}.")
        self.run(self.at.simulator.push(REPOSITORY, NUMBER, {PATH: text}))
        self._settle()

    @precondition(lambda self: not self.held)
    @rule()
    def hold(self) -> None:
        self.held = True
        self.at.simulator.hold_webhooks()

    @precondition(lambda self: self.held)
    @rule(shuffle=st.booleans(), duplicate=st.booleans(), seed=st.integers(0, 99))
    def release(self, shuffle: bool, duplicate: bool, seed: int) -> None:
        self.held = False
        self.run(self.at.simulator.release_webhooks(shuffle, duplicate, seed))
        self._settle()

    @rule()
    def restart(self) -> None:
        self.run(self.at.stop())
        self.run(self.at.start())

    def _settle(self) -> None:
        if not self.held:
            self.run(self.at.calm())

    def teardown(self) -> None:
        try:
            if self.desk is not None:
                self._compare()
        finally:
            self.run(self.stack.aclose())
            self.loop.close()

    def _compare(self) -> None:
        if self.held:
            self.run(self.at.simulator.release_webhooks())
        self.run(self.at.calm())
        model, desk = self.model, self.at
        labels = desk.labels(NUMBER)
        assert ("typing" in labels) == model.typing
        assert ("bot: paused" in labels) == model.paused
        if not model.paused:
            assert ("needs codeowners" in labels) == (not model.waived)
            assert ("Set aside by an editor" in desk.comment(NUMBER)) == model.waived
        for text in model.texts:
            assert desk.reactions(NUMBER, text.id) == model.reaction(text), text
        replies = "\n".join(desk.replies(NUMBER))
        mistakes = sum("frobnicate" in text.commands for text in model.texts)
        assert replies.count("there is no command `frobnicate`") == mistakes
        marks = [reply.partition("\n")[0] for reply in desk.replies(NUMBER)]
        assert len(set(marks)) == len(marks)
        sets = [
            request
            for request in desk.simulator.requests
            if request.method == "POST" and request.body == {"labels": ["typing"]}
        ]
        assert len(sets) <= model.typing_set, "a command ran twice"
        self.run(desk.simulator.comment(REPOSITORY, NUMBER, by=STRANGER, body="/pep number"))
        self.run(desk.calm())
        assert ("[by an editor]" in desk.replies(NUMBER)[-1]) == model.reserved
        pull = desk.simulator.pull_request(REPOSITORY, NUMBER)
        assert sum("pep-bot:summary" in one.body for one in pull.comments if one.login == BOT) == 1


def test_github_looks_as_a_plain_model_says(pem: str) -> None:
    Thread.pem = pem
    run_state_machine_as_test(
        Thread,
        settings=settings(
            max_examples=25,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
