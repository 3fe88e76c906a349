"""Random people, commands, edits, labels, pushes, disorder and restarts, against a simple model.

The model does not know deliveries: it processes texts in the order in which they were written. The
result on GitHub must be the same, whatever was reordered, doubled and interrupted.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep, pep_harness
from tests.end_to_end.harness import BOT, REPOSITORY, Harness
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
    "sponsor @edith": frozenset({AUTHOR}),
    "frobnicate": frozenset(),
}
WRITERS = (EDITOR, SPONSOR)
"""Who may edit what others wrote."""

_commands = st.lists(st.sampled_from(sorted(ALLOWED)), max_size=4)
_some_commands = st.lists(st.sampled_from(sorted(ALLOWED)), min_size=1, max_size=4)
_people = st.sampled_from(PEOPLE)
_places = st.sampled_from(["comment", "review", "review comment"])


@st.composite
def _edits(draw: st.DrawFn, before: list[str]) -> list[str]:
    """What people make of a text: mostly they leave what stands there, and add or drop a line."""
    after = list(before)
    how = draw(st.sampled_from(["add", "add", "drop", "touch", "anew"]))
    if how == "anew":
        return draw(_commands)
    if how == "add":
        place = draw(st.integers(0, len(after)))
        after.insert(place, draw(st.sampled_from(sorted(ALLOWED))))
    if how == "drop" and after:
        del after[draw(st.integers(0, len(after) - 1))]
    return after


@dataclass
class Text:
    """A text: who wrote it, what it says now, and what was carried out or barred of it."""

    id: int
    by: str
    place: str
    commands: list[str]
    edits: int = 0
    gone: bool = False
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
    asked: bool = False
    typing_set: int = 0

    def hear(self, text: Text, by: str, before: list[str]) -> None:
        """Somebody wrote or changed a text."""
        stood = keys_of(before)
        for key in keys_of(text.commands):
            command, _ = key
            if key in text.seen or not self.is_right(command):
                continue
            if by != text.by:
                if key not in stood:
                    text.barred.add(key)
            elif key in text.barred and key in stood:
                continue
            elif text.by in ALLOWED[command]:
                text.barred.discard(key)
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
            case ["sponsor", _]:
                self.asked = True

    @staticmethod
    def may_be_idle(text: Text) -> bool:
        """Whether it may have changed nothing when it was delivered, and been answered so."""
        return not {"resume", "number release 850"}.isdisjoint(text.commands)

    def reaction(self, text: Text) -> list[str]:
        """The reaction to a text as it stands now."""
        if not text.commands or text.place == "review":
            return []
        return ["+1"] if text.seen.issuperset(keys_of(text.commands)) else ["confused"]


def keys_of(commands: list[str]) -> list[tuple[str, int]]:
    """Commands, each with its place among equal ones."""
    counts: Counter[str] = Counter()
    keys = []
    for command in commands:
        keys.append((command, counts[command]))
        counts[command] += 1
    return keys


def body_of(commands: list[str], edits: int = 0) -> str:
    return f"Words, changed {edits} times.\n\n" + "\n".join(
        f"/pep {command}" for command in commands
    )


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
        self.harness: Harness | None = None

    def run(self, what: object) -> object:
        return self.loop.run_until_complete(what)  # type: ignore[arg-type]

    @property
    def at(self) -> Harness:
        assert self.harness is not None
        return self.harness

    @initialize(data=st.data())
    def open(self, data: st.DataObject) -> None:
        self.run(self._open())
        # So that there is something to go wrong in each story, however short it is.
        if data.draw(st.booleans(), label="held"):
            self.hold()
        for by in (EDITOR, data.draw(_people, label="by"), AUTHOR):
            commands = data.draw(_some_commands, label="commands")
            self._say(by, data.draw(_places, label="place"), commands)
        self._edit_anothers(data, EDITOR)

    async def _open(self) -> None:
        folder = Path(self.stack.enter_context(TemporaryDirectory(prefix="pep-bot-")))
        self.harness = await self.stack.enter_async_context(pep_harness(folder, self.pem))
        self.at.simulator.define_label(REPOSITORY, "typing")
        assert await propose(self.at, line=None) == NUMBER

    @rule(by=_people, place=_places, commands=_some_commands)
    def say(self, by: str, place: str, commands: list[str]) -> None:
        self._say(by, place, commands)

    def _say(self, by: str, place: str, commands: list[str]) -> None:
        text = Text(self._write(place, by, body_of(commands)), by, place, commands)
        self.model.texts.append(text)
        self.model.hear(text, by, [])
        self._settle()

    def _write(self, place: str, by: str, body: str) -> int:
        github = self.at.simulator
        match place:
            case "comment":
                said = github.comment(REPOSITORY, NUMBER, by, body)
            case "review":
                said = github.review(REPOSITORY, NUMBER, by, "COMMENTED", body)
            case _:
                said = github.review_comment(REPOSITORY, NUMBER, by, PATH, 2, body)
        number = self.run(said)
        assert isinstance(number, int)
        return number

    @precondition(lambda self: self._standing())
    @rule(data=st.data())
    def edit_own(self, data: st.DataObject) -> None:
        text = data.draw(st.sampled_from(self._standing()), label="text")
        self._edit(text, text.by, data.draw(_edits(text.commands), label="commands"))

    @precondition(lambda self: self._standing())
    @rule(data=st.data(), by=st.sampled_from(WRITERS))
    def edit_anothers(self, data: st.DataObject, by: str) -> None:
        self._edit_anothers(data, by)

    def _edit_anothers(self, data: st.DataObject, by: str) -> None:
        others = [text for text in self._standing() if text.by != by]
        if others:
            text = data.draw(st.sampled_from(others), label="text")
            self._edit(text, by, data.draw(_edits(text.commands), label="commands"))

    def _standing(self) -> list[Text]:
        return [text for text in self.model.texts if not text.gone]

    def _edit(self, text: Text, by: str, commands: list[str]) -> None:
        before, text.commands = text.commands, commands
        text.edits += 1
        body, github = body_of(commands, text.edits), self.at.simulator
        match text.place:
            case "comment":
                edited = github.edit_comment(REPOSITORY, text.id, by, body)
            case "review":
                edited = github.edit_review(REPOSITORY, NUMBER, text.id, by, body)
            case _:
                edited = github.edit_review_comment(REPOSITORY, NUMBER, text.id, by, body)
        self.run(edited)
        self.model.hear(text, by, before)
        self._settle()

    @precondition(lambda self: not self.held and self._standing())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        # Not while webhooks are held: of what is heard to be deleted first, nothing is carried out.
        text = data.draw(st.sampled_from(self._standing()), label="text")
        if text.place == "comment":
            self.run(self.at.simulator.delete_comment(REPOSITORY, text.id, by=text.by))
            text.gone = True
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
        """Let webhooks out, shuffled or backwards: that they come in order is tried without."""
        self.held = False
        simulator = self.at.simulator
        self.run(simulator.release_webhooks(shuffle, duplicate, seed, reverse=not shuffle))
        self._settle()

    @rule()
    def restart(self) -> None:
        self.run(self.at.stop())
        self.run(self.at.start())

    def _settle(self) -> None:
        if not self.held:
            self.run(self.at.wait_until_idle())

    def teardown(self) -> None:
        try:
            if self.harness is not None:
                self._compare()
        finally:
            self.run(self.stack.aclose())
            self.loop.close()

    def _reactions(self, text: Text) -> list[str]:
        pull = self.at.simulator.pull_request(REPOSITORY, NUMBER)
        among = pull.review_comments if text.place == "review comment" else pull.comments
        return [
            content
            for one in among
            if one.id == text.id
            for login, content in one.reactions
            if login == BOT
        ]

    def _compare(self) -> None:
        if self.held:
            self.run(self.at.simulator.release_webhooks(reverse=True))
        self.run(self.at.wait_until_idle())
        model, harness = self.model, self.at
        labels = harness.labels(NUMBER)
        assert ("typing" in labels) == model.typing
        assert ("bot: paused" in labels) == model.paused
        if not model.paused:
            assert ("needs codeowners" in labels) == (not model.waived)
            assert ("Skipped by an editor" in harness.comment(NUMBER)) == model.waived
        standing = self._standing()
        for text in standing:
            expected = model.reaction(text)
            also = ["confused"] if expected and model.may_be_idle(text) else expected
            assert self._reactions(text) in (expected, also), text
        replies = "\n".join(harness.replies(NUMBER))
        mistakes = sum("frobnicate" in text.commands for text in standing)
        assert replies.count("there is no command `frobnicate`") == mistakes
        slipped = sum(not text.barred.isdisjoint(keys_of(text.commands)) for text in standing)
        assert replies.count("Somebody else wrote commands into this text") == slipped
        assert replies.count("@edith, the author") <= model.asked
        marks = [reply.partition("\n")[0] for reply in harness.replies(NUMBER)]
        assert len(set(marks)) == len(marks)
        sets = [
            request
            for request in harness.simulator.requests
            if request.method == "POST" and request.body == {"labels": ["typing"]}
        ]
        assert len(sets) <= model.typing_set, "a command ran twice"
        self.run(harness.simulator.comment(REPOSITORY, NUMBER, by=STRANGER, body="/pep number"))
        self.run(harness.wait_until_idle())
        assert ("[as said here]" in harness.replies(NUMBER)[-1]) == model.reserved
        pull = harness.simulator.pull_request(REPOSITORY, NUMBER)
        assert sum("pep-bot:summary" in one.body for one in pull.comments if one.login == BOT) == 1


@pytest.mark.parametrize(
    ("stories", "steps"),
    [(2, 10), pytest.param(8, 14, marks=[pytest.mark.exhaustive, pytest.mark.timeout(400)])],
)
def test_github_looks_as_a_plain_model_says(stories: int, steps: int, pem: str) -> None:
    Thread.pem = pem
    run_state_machine_as_test(
        Thread,
        settings=settings(
            max_examples=stories,
            stateful_step_count=steps,
            deadline=None,
            # Shrinking a story of seconds takes minutes, and makes it hardly shorter.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
