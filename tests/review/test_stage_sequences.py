"""Whose turn it is after any sequence of events, people's labels among them, against a model."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.peps.people import Login
from bot.review.reconcile import AddLabels, RemoveLabel, SetLabels
from bot.review.review import review
from bot.review.snapshot import Conversation, Memory, Since
from bot.rules.engine.context import ActKind
from tests.builders import NOW, new_pep, review_context, snapshot
from tests.rules.builders import act, pep_text

STAGES = ("author", "sponsor", "editor", "decision")
EDITOR = Login("edda")

Key = tuple[str, object, bool]
"""A stage, its reason, and whether a person said so against what was worked out."""


@dataclass
class Facts:
    """How the pull request stands."""

    draft: bool = False
    broken: bool = False
    agreed: bool = False
    asked_on: int = -1
    head: int = 0

    def computed(self) -> tuple[str, object]:
        if self.draft or self.broken:
            return "author", (self.draft, self.broken)
        if self.asked_on == self.head:
            return "author", "asked"
        return ("editor", "") if self.agreed else ("sponsor", "")


@dataclass
class Model:
    """What a person would expect of the labels."""

    facts: Facts = field(default_factory=Facts)
    choice: tuple[str, object] | None = None
    """The stage a person's label says, and what was worked out while it held."""
    off: Key | None = None
    """What stood on a label that a person took off."""

    def key(self) -> Key:
        computed = self.facts.computed()
        if self.choice is not None and self.choice[0] != computed[0]:
            return self.choice[0], computed, True
        return *computed, False

    def look(self) -> None:
        computed = self.facts.computed()
        if self.choice is not None and self.choice[1] != computed:
            self.choice = (self.choice[0], computed) if self.choice[0] == computed[0] else None
        if self.off != self.key():
            self.off = None

    def label(self, stage: str) -> None:
        self.choice = (stage, self.facts.computed())
        self.off = None

    def unlabel(self) -> None:
        key = self.key()
        self.choice = None
        self.off = key if self.key() == key else None

    def stages(self) -> set[str]:
        return set() if self.off is not None else {self.key()[0]}


class Thread:
    """A pull request whose labels are written as reviews plan it."""

    def __init__(self) -> None:
        self.model = Model()
        self.memory = Memory()
        self.labels: frozenset[str] = frozenset()
        self.people: dict[str, Login] = {}
        self.minute = 0

    def review(self, *set_now: str) -> None:
        self.minute += 1
        facts, now = self.model.facts, NOW + timedelta(minutes=self.minute)
        text = pep_text() + ("\n\tA tab.\n" if facts.broken else "")
        acts = (act(ActKind.CONSENT),) if facts.agreed else ()
        heads = {EDITOR: f"{facts.asked_on:040}"} if facts.asked_on >= 0 else {}
        seen = snapshot(
            replace(new_pep(text), draft=facts.draft),
            context=replace(review_context(acts=acts), editors=frozenset({EDITOR})),
            conversation=Conversation(changes_requested=heads, acts=acts),
            head_sha=f"{facts.head:040}",
            labels=self.labels,
            set_by_people={label: by for label, by in self.people.items() if label in self.labels},
            set_at=dict.fromkeys(set_now, now),
            updated_at=now,
        )
        made = review(seen, self.memory, Since(now, "pull_request edited"))
        for write in made.plan.writes:
            match write:
                case AddLabels(names):
                    self.labels |= set(names)
                case RemoveLabel(name):
                    self.labels -= {name}
                case SetLabels(names):
                    self.labels = frozenset(names)
        self.memory = replace(
            made.memory,
            labels=made.plan.labels,
            declined=made.plan.declined,
            state=seen.state,
            head_sha=seen.head_sha,
        )
        self.people = {label: by for label, by in self.people.items() if label in self.labels}

    def stages(self) -> set[str]:
        return {label.removeprefix("awaiting ") for label in self.labels if "awaiting" in label}


def change(thread: Thread, how: Callable[[Facts], None]) -> None:
    how(thread.model.facts)
    thread.model.look()
    thread.review()


def toggle(name: str) -> Callable[[Facts], None]:
    return lambda facts: setattr(facts, name, not getattr(facts, name))


def push(facts: Facts) -> None:
    facts.head += 1


def ask(facts: Facts) -> None:
    facts.asked_on = facts.head


CHANGES = {
    "draft": toggle("draft"),
    "break or mend": toggle("broken"),
    "agree or withdraw": toggle("agreed"),
    "push": push,
    "ask for changes": ask,
}
_events = st.lists(
    st.sampled_from([*CHANGES, *(f"label {stage}" for stage in STAGES), "unlabel", "nothing"]),
    max_size=14,
)


@given(_events)
def test_after_any_events_the_label_is_whose_turn_people_take_it_to_be(events: list[str]) -> None:
    thread = Thread()
    thread.review()
    for event in events:
        model = thread.model
        if event in CHANGES:
            change(thread, CHANGES[event])
        elif event.startswith("label "):
            stage = event.removeprefix("label ")
            if stage in thread.stages():
                continue  # GitHub tells nobody of a label that stood already
            label = f"awaiting {stage}"
            thread.labels |= {label}
            thread.people[label] = EDITOR
            model.label(stage)
            thread.review(label)
        elif event == "unlabel" and thread.stages():
            (stage,) = thread.stages()
            thread.labels -= {f"awaiting {stage}"}
            thread.people.pop(f"awaiting {stage}", None)
            model.unlabel()
            thread.review()
        elif event == "nothing":
            before = thread.labels
            thread.review()
            assert thread.labels == before
        assert thread.stages() == model.stages(), event
        assert "new-pep" in thread.labels
