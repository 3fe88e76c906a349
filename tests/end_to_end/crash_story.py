"""A story of some pull requests and many webhooks, whose end does not depend on timing.

It has chapters. In the middle ones everybody acts at once, in a random order. In the last one each
open pull request gets its last commit, so that its check run is new: GitHub appends the annotations
of an updated check run to earlier ones, and which came in between depends on timing.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, EDITOR, SPONSOR, STRANGER, pep, with_line
from tests.end_to_end.harness import REPOSITORY
from tests.end_to_end.process import Queue, wait_until_idle

FILES = {
    ".github/CODEOWNERS": CODEOWNERS,
    "README.rst": "PEPs\n",
    "peps/pep-0840.rst": pep(840, author="Edith Quill <edith@python.example>", sponsor=None),
    "peps/pep-0841.rst": pep(841, author="Edith Quill <edith@python.example>", sponsor=None),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The pull requests, by their numbers, which are consecutive from 1 on.

    Attributes:
        proposals: Each claims the number 841 above its own; the third is closed for good.
        unnumbered: They use the placeholder, so their comment depends on what all others claim.
        rivals: Each claims a number of the first proposals.
        edits: They change a PEP.
        others: They change something else.
        taken: The proposal whose number is published by a push to main.
    """

    proposals: range
    unnumbered: range
    rivals: range
    edits: range
    others: range
    taken: int

    @property
    def all(self) -> range:
        """All of them."""
        return range(1, max(self.edits.stop, self.others.stop))

    @property
    def lasting(self) -> list[int]:
        """Those that are not closed for good.

        A closed one is left as the bot saw it while it was open; whether and when it saw it depends
        on timing (see docs/decisions/0003).
        """
        return [number for number in self.all if number != CLOSED]


CLOSED = 3
FEW = Cast(
    proposals=range(1, 4),
    unnumbered=range(4, 5),
    others=range(5, 6),
    rivals=range(6, 7),
    edits=range(7, 8),
    taken=2,
)
"""The fewest pull requests with which the story works."""

MANY = Cast(
    proposals=range(1, 9),
    unnumbered=range(9, 11),
    rivals=range(11, 13),
    edits=range(13, 14),
    others=range(14, 15),
    taken=8,
)
"""Enough for each kind of consent, and for two of each that wait for each other."""

_AT_ONCE = 60
"""In an undisturbed run, the program catches up after this many acts."""

_BY_HAND = "discussed"
"""A label that means nothing to the bot."""


@dataclass(slots=True)
class StoryRun:
    """One run of the story: ids that GitHub returned and later acts need."""

    github: GitHubSimulator
    cast: Cast
    reviews: dict[int, int] = field(default_factory=dict)
    comments: dict[int, int] = field(default_factory=dict)


Act = Callable[[StoryRun], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Story:
    """The acts of each chapter, in order."""

    openings: list[Act]
    middle: list[Act]
    last: list[Act]


async def act_in_order(acts: list[Act], story_run: StoryRun, bot: Queue) -> None:
    """Let people act, several at once, and let the program catch up now and then."""
    for begin in range(0, len(acts), _AT_ONCE):
        for act in acts[begin : begin + _AT_ONCE]:
            await act(story_run)
        await wait_until_idle(story_run.github, bot)


def story(chance: random.Random, cast: Cast, *, comments_each: int = 0) -> Story:
    """Draw the order in which people act; what each of them does is always the same.

    Args:
        chance: The random generator.
        cast: The pull requests.
        comments_each: How often a stranger comments on each pull request meanwhile; the end of the
            story does not depend on it.
    """
    openings: list[Act] = [partial(_open, number=number) for number in cast.all]
    lines = [_with_comments(_later(number, cast), number, comments_each) for number in cast.all]
    lines.append([_push_readme, _publish, _push_readme])
    last: list[Act] = [partial(_push, number=number, words="At last.") for number in cast.all]
    chance.shuffle(last)
    return Story(openings, _interleaved(lines, chance), last)


def _interleaved(lines: list[list[Act]], chance: random.Random) -> list[Act]:
    """All acts, mixed; those of one line keep their order."""
    places = [place for place, line in enumerate(lines) for _ in line]
    chance.shuffle(places)
    waiting = [iter(line) for line in lines]
    return [next(waiting[place]) for place in places]


def _path(number: int, cast: Cast) -> str:
    if number in cast.proposals:
        return f"peps/pep-{841 + number:04}.rst"
    if number in cast.unnumbered:
        return "peps/pep-9999.rst"
    if number in cast.rivals:
        return f"peps/pep-{841 + number - cast.rivals.start + 1:04}.rst"
    return "peps/pep-0840.rst" if number in cast.edits else "README.rst"


def _files(number: int, words: str, cast: Cast) -> dict[str, str | bytes | None]:
    path = _path(number, cast)
    if number in cast.edits:
        return {path: f"{FILES[path]}{words}\n"}
    if number in cast.others:
        return {path: f"PEPs\n\n{words}\n"}
    pep_number = int(path[9:13])
    # Every fourth author also names a sponsor whom nobody knows.
    sponsor = "Nobody Known <nobody@mail.example>" if number % 4 == 0 else None
    text = pep(pep_number, body=words, **({"sponsor": sponsor} if sponsor else {}))
    line = {".github/CODEOWNERS": with_line(f"{path}  @ada")} if number % 3 else {}
    return {path: text, **line}


async def _open(story_run: StoryRun, number: int) -> None:
    by = STRANGER if number in story_run.cast.rivals else AUTHOR
    opened = await story_run.github.open_pull_request(
        REPOSITORY,
        by=by,
        title=_title(number, story_run.cast),
        files=_files(number, "A beginning.", story_run.cast),
    )
    assert opened == number


def _title(number: int, cast: Cast) -> str:
    path = _path(number, cast)
    return f"PEP {int(path[9:13])}: A calmer way" if "pep-" in path else "Mend the README"


async def _push(story_run: StoryRun, number: int, words: str) -> None:
    if number != CLOSED or words != "At last.":
        await story_run.github.push(REPOSITORY, number, _files(number, words, story_run.cast))


async def _say(story_run: StoryRun, number: int, by: str, body: str) -> None:
    story_run.comments[number] = await story_run.github.comment(
        REPOSITORY, number, by=by, body=body
    )


async def _edit_comment(story_run: StoryRun, number: int, by: str, body: str) -> None:
    await story_run.github.edit_comment(REPOSITORY, story_run.comments[number], by=by, body=body)


async def _judge(story_run: StoryRun, number: int) -> None:
    story_run.reviews[number] = await story_run.github.review(
        REPOSITORY, number, by=SPONSOR, state="APPROVED"
    )


async def _dismiss(story_run: StoryRun, number: int) -> None:
    await story_run.github.dismiss_review(REPOSITORY, number, story_run.reviews[number], by=EDITOR)


async def _retitle(story_run: StoryRun, number: int) -> None:
    title = f"{_title(number, story_run.cast)}, mended"
    await story_run.github.edit_pull_request(REPOSITORY, number, by=AUTHOR, title=title)


async def _describe(story_run: StoryRun, number: int) -> None:
    body = "What this is about, in other words."
    await story_run.github.edit_pull_request(REPOSITORY, number, by=AUTHOR, body=body)


async def _label(story_run: StoryRun, number: int) -> None:
    await story_run.github.label(REPOSITORY, number, by=EDITOR, name=_BY_HAND)


async def _unlabel(story_run: StoryRun, number: int) -> None:
    await story_run.github.unlabel(REPOSITORY, number, by=EDITOR, name=_BY_HAND)


async def _draft(story_run: StoryRun, number: int) -> None:
    await story_run.github.mark_draft(REPOSITORY, number)


async def _ready(story_run: StoryRun, number: int) -> None:
    await story_run.github.mark_ready(REPOSITORY, number)


async def _close(story_run: StoryRun, number: int) -> None:
    await story_run.github.close(REPOSITORY, number, by=AUTHOR)


async def _reopen(story_run: StoryRun, number: int) -> None:
    await story_run.github.reopen(REPOSITORY, number, by=AUTHOR)


async def _push_readme(story_run: StoryRun) -> None:
    files = {"README.rst": f"PEPs, and more ({story_run.github.tip(REPOSITORY)[:7]})\n"}
    await story_run.github.commit(REPOSITORY, files, by=EDITOR)


async def _publish(story_run: StoryRun) -> None:
    path = _path(story_run.cast.taken, story_run.cast)
    text = pep(
        841 + story_run.cast.taken,
        title="Another thing",
        author="Edith Quill <edith@python.example>",
    )
    await story_run.github.commit(REPOSITORY, {path: text}, by=EDITOR)


def _later(number: int, cast: Cast) -> list[Act]:
    """What happens on a pull request between its opening and its last commit, in order."""
    on = partial(partial, number=number)
    acts: list[Act] = [
        on(_push, words="One more sentence."),
        on(_say, by=STRANGER, body="Interesting!"),
        on(_retitle),
        *_consent(number),
        on(_push, words="Two more sentences."),
        on(_say, by=AUTHOR, body="Thank you all."),
        on(_describe),
        on(_edit_comment, by=AUTHOR, body="Thank you all!"),
    ]
    # Not where the bot changes several labels at once: that removes a label which was set between
    # the bot's reading and its writing (see docs/decisions/0002).
    if number in (*cast.edits, *cast.others):
        acts[2:2] = [on(_label)]
        acts[6:6] = [on(_unlabel)] if number % 2 else []
    if number % 4 == 0:
        # Whichever of the events arrive, these have the same result.
        acts[1:1] = [
            on(_say, by=EDITOR, body="/pep skip sponsor because the story says so"),
            on(_say, by=AUTHOR, body="/pep help fix\n/pep frobnicate"),
        ]
    if number % 7 == 0:
        acts[5:5] = [on(_draft), on(_ready)]
    if number in (CLOSED, cast.rivals.start, cast.edits.start):
        acts.append(on(_close))
    if number in (cast.rivals.start, cast.edits.start):
        # A sponsor who uses a command is refused if the program handles it late.
        assert number % 5 in (1, 2, 3)
        acts.append(on(_reopen))
    return acts


def _with_comments(acts: list[Act], number: int, comments_each: int) -> list[Act]:
    """The acts, with comments spread evenly among them."""
    comment: Act = partial(_comment, number=number)
    count = len(acts)
    acts_and_comments: list[Act] = []
    for place, act in enumerate(acts):
        spread = (place + 1) * comments_each // count - place * comments_each // count
        acts_and_comments += [act, *[comment] * spread]
    return acts_and_comments


async def _comment(story_run: StoryRun, number: int) -> None:
    await story_run.github.comment(REPOSITORY, number, by=STRANGER, body="I have a remark.")


def _consent(number: int) -> list[Act]:
    """The sponsor's consent: given, withdrawn, or given in a review that is dismissed."""
    on = partial(partial, number=number)
    match number % 5:
        case 0:
            return [on(_say, by=SPONSOR, body="/pep sponsor")]
        case 1:
            return [on(_judge)]
        case 2:
            return [on(_judge), on(_dismiss)]
        case 3:
            return [on(_judge), on(_dismiss), on(_judge)]
        case _:
            return [
                on(_say, by=SPONSOR, body="/pep sponsor"),
                on(_say, by=SPONSOR, body="/pep unsponsor"),
            ]
