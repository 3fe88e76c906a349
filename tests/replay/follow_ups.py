"""What would have been left to do, and when, in 28 months of python/peps: `docs/follow-ups.md`.

`python -m tests.replay.follow_ups` writes the page. The register is led through the merges as the
bot would have led it, and what is due is looked at once a day.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import click

from bot.peps.number import PepNumber, number_in_path
from bot.policy.load import default_policy
from bot.review.published_peps import Added, KnownPeps, Published, published_from_text
from bot.review.queue.follow_up import FollowUp, FollowUpKey, FollowUpKind, follow_ups
from bot.review.render.queue import follow_up_fact
from tests.conftest import SHARED_DATA
from tests.peps.builders import pep_tree
from tests.replay.history import Merged, load
from tests.replay.tables import table

COMMAND = "python -m tests.replay.follow_ups"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "follow-ups.md"
END = date(2026, 1, 1)

JUDGED = {
    ("thread-missing", 653): "right: `Post-History` has a day and no link",
    ("thread-missing", 720): "right: it does not say where it is discussed",
    ("thread-missing", 802): "right: its thread is only in `Post-History`",
    ("not-final", 458): "explained: not implemented yet; for “not yet”",
    ("not-final", 658): "right: PyPI serves it, under the name that PEP 714 gives it",
    ("not-final", 714): "right: the specification of the index has the new name",
    ("not-final", 753): "right: it links the specification that has it",
    ("not-final", 8016): "right: PEP 13 has had the model since 2018",
    ("provisional", 708): "explained: it sets conditions of its own, still open; for “not yet”",
    ("not-final", 687): "explained: continues from release to release; for “not yet”",
    ("not-final", 699): "right: the field was removed in 3.12",
    ("not-final", 701): "right: the new grammar is in 3.12",
    ("not-final", 703): "explained: comes in phases, see PEP 779; for “not yet”",
    ("not-final", 739): "right: the file is in 3.14",
    ("no-canonical-link", 632): "explained: what it deprecates is gone",
    ("no-canonical-link", 709): "explained: a change inside the interpreter",
    ("no-canonical-link", 737): "right: the C API's documentation has the formats",
    ("no-canonical-link", 684): "explained: inside the interpreter, except a part of the C API",
    ("no-canonical-link", 741): "right: the C API's documentation has it",
    ("no-canonical-link", 779): "explained: criteria, which nothing documents",
}
"""Every follow-up due at the end but for Drafts and Deferred PEPs that nobody changes, by hand:
`right`, or `explained` by what the bot cannot see."""

UNJUDGED = frozenset({FollowUpKind.QUIET, FollowUpKind.DEFERRED})


@dataclass(frozen=True, slots=True)
class Story:
    """A follow-up through time.

    Attributes:
        last: As it was due last.
        begin: The first day on which it was due and the bot looked.
        end: The first day on which it was due no more; None if it is due still.
    """

    last: FollowUp
    begin: date
    end: date | None


@lru_cache(maxsize=1)
def stories(data: Path) -> tuple[Story, ...]:
    """Every follow-up there would have been, in the order in which they became due."""
    policy, merges = default_policy(), load(data)
    register = _at_the_beginning(data, merges)
    added: dict[PepNumber, Added] = {}
    open_now: dict[FollowUpKey, Story] = {}
    closed: list[Story] = []
    day, place = merges[0].day, 0
    while day <= END:
        while place < len(merges) and merges[place].day <= day:
            _merge(merges[place], register, added)
            place += 1
        due = {one.key: one for one in follow_ups(KnownPeps(register, added), _noon(day), policy)}
        ended = [open_now.pop(key) for key in open_now.keys() - due.keys()]
        closed += [replace(one, end=day) for one in ended]
        for key, one in due.items():
            begin = open_now[key].begin if key in open_now else day
            open_now[key] = Story(one, begin, None)
        day += timedelta(days=1)
    return tuple(sorted([*closed, *open_now.values()], key=lambda one: (one.begin, one.last.key)))


def at_the_end(data: Path) -> tuple[FollowUp, ...]:
    """What was due on the last day."""
    due = (one.last for one in stories(data) if one.end is None)
    return tuple(sorted(due, key=lambda one: one.key))


def _at_the_beginning(data: Path, merges: Sequence[Merged]) -> dict[PepNumber, Published]:
    """The tree of the first day: each text before its first change, or as it is at the end."""
    texts: dict[PepNumber, str | None] = {}
    for merged in merges:
        for file in merged.change.files:
            number = number_in_path(file.path)
            if number is not None:
                texts.setdefault(number, file.before)
    for path, text in pep_tree(data).texts.items():
        number = number_in_path(path)
        if number is not None:
            texts.setdefault(number, text)
    now = _noon(merges[0].day)
    return {
        number: published_from_text(number, "", text, now)
        for number, text in texts.items()
        if text is not None
    }


def _merge(
    merged: Merged, register: dict[PepNumber, Published], added: dict[PepNumber, Added]
) -> None:
    now = _noon(merged.day)
    for file in merged.change.files:
        number = number_in_path(file.path)
        if number is None:
            continue
        if file.after is None:
            register.pop(number, None)
            continue
        blob = f"{merged.day} {merged.pull_request}"
        register[number] = published_from_text(number, blob, file.after, now, register.get(number))
        if file.before is None and merged.pull_request is not None:
            added[number] = Added(merged.pull_request, now)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def page(data: Path) -> str:
    """The whole page."""
    stories_told = stories(data)
    due = [one.last for one in stories_told if one.end is None]
    return "\n".join(
        [
            *_opening(stories_told),
            *_counts(stories_told),
            *_comments(stories_told),
            *due_section(due),
            "",
        ]
    )


def _opening(stories_told: Sequence[Story]) -> Iterator[str]:
    yield "# Follow-ups"
    yield ""
    yield f"Written by `{COMMAND}`; a test compares it with what the bot says today."
    yield ""
    yield "What was left to do after merges from September 2023 to the end of 2025, as the bot"
    yield "would have seen it: a replay updates the register of published PEPs merge by merge, and"
    yield "checks once a day what is due. The data has neither the councils' trackers nor pull"
    yield "requests that were not merged. So the page has no unrecorded decisions, and a Draft that"
    yield "somebody worked on in an open pull request counts as quiet."
    yield ""
    yield f"{len(stories_told)} follow-ups in all."
    yield ""


def _counts(stories_told: Sequence[Story]) -> Iterator[str]:
    rows = []
    for kind in FollowUpKind:
        ours = [one for one in stories_told if one.last.kind is kind]
        ended = sorted((one.end - one.begin).days for one in ours if one.end is not None)
        years = Counter(one.begin.year for one in ours)
        rows.append(
            (
                f"`{kind.value}`",
                *(years[year] for year in (2023, 2024, 2025, 2026)),
                len(ended),
                f"{ended[len(ended) // 2]} days" if ended else "-",
                len(ours) - len(ended),
            )
        )
    head = ("kind", "2023", "2024", "2025", "2026", "done since", "after (median)", "still due")
    yield table(head, rows)
    yield ""
    yield "What was due already in September 2023, when the replay begins, counts for that year."
    yield ""


def _comments(stories_told: Sequence[Story]) -> Iterator[str]:
    ours = [
        one
        for one in stories_told
        if one.last.kind is FollowUpKind.THREAD_MISSING and one.last.added is not None
    ]
    yield "## Reminders by comment"
    yield ""
    yield "By default the bot sends one kind of reminder as a comment, once: if there is no thread"
    yield f"a week after the merge. That would have been {len(ours)} comments."
    yield ""
    rows = [
        (
            one.last.pep.number,
            one.last.pep.title,
            one.begin,
            f"{(one.end - one.begin).days} days later" if one.end else "never",
        )
        for one in ours
    ]
    yield table(("PEP", "title", "reminded", "done"), rows)
    yield ""


def due_section(due: Sequence[FollowUp]) -> Iterator[str]:
    """What the page says of what was due at the end."""
    right = sum(JUDGED.get(_judged_key(one), "").startswith("right") for one in due)
    quiet = [one for one in due if one.kind is FollowUpKind.QUIET]
    deferred = [one for one in due if one.kind is FollowUpKind.DEFERRED]
    others = [one for one in due if one.kind not in UNJUDGED]
    yield f"## Due on {END:%d-%b-%Y}"
    yield ""
    yield f"{len(others)} besides quiet Drafts and Deferred PEPs, {right} of them right. An editor"
    yield "sets aside those that are explained once, with `/pep not-yet N`."
    yield ""
    rows = [
        (
            one.pep.number,
            one.pep.title,
            follow_up_fact(one),
            one.since.date(),
            JUDGED.get(_judged_key(one), "not judged"),
        )
        for one in others
    ]
    yield table(("PEP", "title", "what", "since", "judged"), rows)
    yield ""
    yield f"Deferred, and anybody may take them up, {len(deferred)}: {_numbers(deferred)}."
    yield ""
    yield f"Quiet Drafts, {len(quiet)}: {_numbers(quiet)}."


def _numbers(due: Sequence[FollowUp]) -> str:
    return ", ".join(str(one.pep.number) for one in due)


def _judged_key(one: FollowUp) -> tuple[str, int]:
    return one.kind.value, one.pep.number


@click.command()
def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(SHARED_DATA), "utf-8")
    click.echo(f"{PAGE} is written.")


if __name__ == "__main__":
    main()
