"""What `/pep prepare` and `/pep thread` make of real PEPs: git takes it, and no rule complains."""

from collections import ChainMap, Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pytest

from bot.commands.carry_out import carry_out
from bot.commands.context import BaseBranchPeps, CommandContext
from bot.commands.grammar.lines import command_lines
from bot.commands.grammar.parse import parse_line
from bot.commands.prepared import change_of
from bot.commands.role import Role
from bot.peps.change import FileChange
from bot.peps.dates import format_pep_date, parse_pep_date
from bot.peps.headers import REMOVED
from bot.peps.links import decision_link, parse_post_history_entry, thread_of
from bot.peps.number import PepNumber, number_in_path, pep_path
from bot.peps.people import Login
from bot.peps.preamble import parse_preamble, with_header, without_header
from bot.peps.status import Status, TransitionBasis, transition
from bot.review.fixes.files import FileFix
from bot.review.fixes.prepared import DAY_PLACEHOLDER, CannotPrepare, Prepared, prepare_thread
from bot.review.fixes.prepared_status import ASKABLE, RequestedStatus, prepare_status
from bot.review.fixes.suggestions import patch_of
from bot.review.snapshot import Base
from bot.review.subject import Repository, Subject
from bot.rules.edits.relations import numbers_in
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Severity
from bot.rules.engine.registry import run_rules
from bot.rules.preamble.status_for_type import contradicts_type
from tests.replay.history import load
from tests.replay.tree import on_the_day, tree
from tests.review.applying_fixes import patch_in, with_patch

pytestmark = pytest.mark.real_data

DAY = date(2025, 12, 30)
THREAD = "https://discuss.python.org/t/the-words-of-a-thread/66453"
SUCCESSOR = PepNumber(815)
LINK = "https://discuss.python.org/t/the-words-of-a-thread/66453/63"


PEPS = pytest.mark.parametrize(
    "peps",
    [
        pytest.param(slice(None, None, 50), id="every 50th PEP"),
        pytest.param(slice(None, None, 5), id="every fifth PEP", marks=pytest.mark.exhaustive),
    ],
)
"""Which PEPs of the tree are looked at; the others are known all the same."""


def possible(text: str) -> list[Status]:
    """Every status that a PEP does not have and its type allows."""
    header = parse_preamble(text)
    return [
        status
        for status in ASKABLE
        if status != header.status
        and not contradicts_type(parse_preamble(with_header(text, "Status", status)))
    ]


def is_known(text: str, status: Status) -> bool:
    """Whether PEP 1 or history know the step."""
    before = parse_preamble(text).status
    return before in ASKABLE and transition(Status(before), status).basis != TransitionBasis.UNKNOWN


def prepared_all(
    texts: Mapping[PepNumber, str], peps: slice
) -> Iterator[tuple[PepNumber, Status, Prepared]]:
    for number in list(texts)[peps]:
        text = texts[number]
        for status in possible(text):
            successor = SUCCESSOR if status is Status.SUPERSEDED else None
            if number == successor:
                continue
            request = RequestedStatus(status, LINK, DAY, successor)
            yield number, status, prepare_status(number, text, request, texts)


def addresses_in(patch: str) -> list[str]:
    """Lines with people's addresses; those of lists stand in two headers."""
    return [
        line
        for line in patch.split("\n")
        if "@" in line
        and not line.startswith("@@ ")
        and "mail.python.org/" not in line
        and not line.startswith(("-Discussions-To:", " Discussions-To:"))
    ]


@PEPS
def test_git_takes_every_status_prepared_for_peps(
    shared_data: Path, tmp_path: Path, peps: slice
) -> None:
    texts = tree(shared_data)
    by_status: dict[Status, list[FileFix]] = {}
    for _, status, prepared in prepared_all(texts, peps):
        by_status.setdefault(status, []).append(prepared.fixes[0])
    files = {pep_path(number): texts[number] for number in list(texts)[peps]}
    assert by_status.keys() == set(ASKABLE)
    for status, fixes in by_status.items():
        assert len(fixes) > len(files) // 20, status
        patch = patch_of(fixes)
        assert not addresses_in(patch), status
        patched = with_patch(tmp_path / status, files, patch)
        assert patched == files | {one.path: one.after for one in fixes}, status
    assert sum(map(len, by_status.values())) > 6.5 * len(files)


def replied(
    number: PepNumber, status: Status, texts: Mapping[PepNumber, str], the_context: Context
) -> str:
    """What the command answers an editor on an issue."""
    by = f" by {SUCCESSOR}" if status is Status.SUPERSEDED else ""
    day = format_pep_date(DAY)
    (line,) = command_lines(f"/pep prepare {status.casefold()}{by} {number} {LINK} {day}")
    command_context = CommandContext(
        subject=Subject(Repository("python/peps", 1), 7),
        commenter=Login("edda"),
        roles=frozenset({Role.EDITOR}),
        now=datetime(2025, 12, 31, tzinfo=UTC),
        policy=the_context.policy,
        numbers=the_context.numbers,
        published=BaseBranchPeps(Base("main"), the_context, texts),
    )
    outcome = carry_out(parse_line(line), command_context)
    assert outcome.done, outcome.reply
    return outcome.reply


@PEPS
def test_no_rule_finds_an_error_in_what_is_prepared_with_link_and_day(
    shared_data: Path, peps: slice
) -> None:
    texts = tree(shared_data)
    the_context = on_the_day(shared_data)
    warnings: Counter[str] = Counter()
    count = 0
    for number, status, prepared in prepared_all(texts, peps):
        if not is_known(texts[number], status):
            continue
        count += 1
        assert patch_in(replied(number, status, texts, the_context)) == patch_of(
            prepared.fixes
        ).removesuffix("\n")
        for one in run_rules(change_of(prepared), the_context):
            assert one.severity is not Severity.ERROR, (number, status, one.message)
            if one.severity is Severity.WARNING:
                warnings[one.rule] += 1
    assert count > len(list(texts)[peps])
    # The version, the person in place of a group, a reference that the tree lacks: people's matter.
    assert warnings.keys() <= {"python-version", "delegate", "references"}, warnings


@PEPS
def test_what_was_prepared_once_is_never_prepared_again(shared_data: Path, peps: slice) -> None:
    texts = tree(shared_data)
    for number, status, prepared in prepared_all(texts, peps):
        fixed = {number_in_path(one.path) or PepNumber(0): one.after for one in prepared.fixes}
        after = ChainMap(fixed, cast("dict[PepNumber, str]", texts))  # a copy would unpack them all
        successor = SUCCESSOR if status is Status.SUPERSEDED else None
        with pytest.raises(CannotPrepare, match="nothing to do"):
            prepare_status(
                number, after[number], RequestedStatus(status, LINK, DAY, successor), after
            )


@PEPS
def test_git_and_the_rules_take_a_thread_prepared_for_peps(
    shared_data: Path, tmp_path: Path, peps: slice
) -> None:
    every = tree(shared_data)
    the_context = on_the_day(shared_data)
    texts = {number: every[number] for number in list(every)[peps]}
    fixes = []
    for number, text in texts.items():
        prepared = prepare_thread(number, text, THREAD, DAY)
        fixes.append(prepared.fixes[0])
        errors = [
            one.message
            for one in run_rules(change_of(prepared), the_context)
            if one.severity is not Severity.NOTICE
        ]
        # A PEP that another numbers as its own or a mend of it is none of this: only headers move.
        assert not errors, (number, errors)
        with pytest.raises(CannotPrepare, match="nothing to do"):
            prepare_thread(number, fixes[-1].after, THREAD, DAY)
    files = {pep_path(number): text for number, text in texts.items()}
    assert not addresses_in(patch_of(fixes))
    patched = with_patch(tmp_path, files, patch_of(fixes))
    assert patched == files | {one.path: one.after for one in fixes}
    assert len(fixes) == len(texts) > 12


ThreadHeaders = tuple[str, tuple[tuple[str, str], ...]]


def thread_headers(text: str) -> ThreadHeaders:
    """The thread and the posts a header tells, however their links and commas are written."""
    header = parse_preamble(text)
    thread = header.value("Discussions-To") or ""
    entries = (header.value("Post-History") or "").split(",")
    posts = [post for entry in entries if (post := parse_post_history_entry(entry)) is not None]
    return thread_of(thread) or thread, tuple(
        (post.day, thread_of(post.url) or post.url) for post in posts
    )


def test_the_follow_ups_of_three_years_are_what_the_command_makes(shared_data: Path) -> None:
    """Of those that changed nothing but these two headers, for the thread and day they gave."""
    outcomes: Counter[str] = Counter()
    history = load(shared_data)
    for row in range(len(history)):
        peps = [file for file in history.files(row) if number_in_path(file.path) is not None]
        if len(peps) != 1 or not (peps[0].before and peps[0].after):
            continue
        number, before, after = number_in_path(peps[0].path), peps[0].before, peps[0].after
        assert number is not None
        if (
            before == after
            or thread_headers(before) == thread_headers(after)
            or not is_the_same_otherwise(peps[0])
        ):
            continue
        thread, posts = thread_headers(after)
        days = [parse_pep_date(day) for day, url in posts if url == thread]
        try:
            made = prepare_thread(number, before, thread, days[0] if days else None)
        except CannotPrepare:
            # No thread yet, or a second post of one that was listed already.
            outcomes["nothing to make"] += 1
            continue
        if thread_headers(made.fixes[0].after) == thread_headers(after):
            outcomes["the same"] += 1
        elif not days:
            outcomes["the same and Post-History" if only_adds(made, after) else "other"] += 1
        else:
            outcomes["other"] += 1
    # The others: the former thread put in as well, which the command tells instead (740, 767, 770,
    # 736), the newest post first (729), another thread than the present one (602), bare days (772).
    assert outcomes == {
        "the same": 37,
        "the same and Post-History": 9,
        "other": 8,
        "nothing to make": 4,
    }


def only_adds(made: Prepared, after: str) -> bool:
    """Whether it says all that people wrote, and one post more."""
    thread, posts = thread_headers(made.fixes[0].after)
    return (thread, posts[:-1]) == thread_headers(after)


def is_the_same_otherwise(file: FileChange) -> bool:
    texts = []
    for text in (file.before, file.after):
        kept = text or ""
        for name in ("Discussions-To", "Post-History"):
            kept = without_header(kept, name)
        texts.append(kept)
    return texts[0] == texts[1]


def headers(text: str) -> dict[str, object]:
    """What a header says, however links are written and lines broken."""
    found: dict[str, object] = {
        header.name: " ".join(header.value.split()) for header in parse_preamble(text).headers
    }
    if link := decision_link(str(found.get("Resolution", ""))):
        found["Resolution"] = (link.day, link.short)
    return found


def test_the_changes_of_status_of_three_years_are_what_the_command_makes(
    shared_data: Path,
) -> None:
    """For the link, the day and the successor that people gave."""
    outcomes: Counter[str] = Counter()
    texts = tree(shared_data)
    history = load(shared_data)
    for row in range(len(history)):
        for file in history.files(row):
            number = number_in_path(file.path)
            if number is None or not file.before or not file.after:
                continue
            before, after = parse_preamble(file.before), parse_preamble(file.after)
            if before.status == after.status or after.status not in ASKABLE:
                continue
            successors = after.header("Superseded-By")
            given = decision_link(after.value("Resolution") or "")
            request = RequestedStatus(
                Status(after.status),
                given.url if given and before.header("Resolution") is None else "",
                parse_pep_date(given.day) if given else None,
                numbers_in(successors)[0]
                if successors is not None and after.status == Status.SUPERSEDED
                else None,
            )
            try:
                made = headers(prepare_status(number, file.before, request, texts).fixes[0].after)
            except CannotPrepare:
                outcomes["cannot"] += 1
                continue
            outcomes[outcome(made, headers(file.after))] += 1
    # Not to be prepared: a type changed at once (740), no successor named (6). Where other headers
    # moved too, authors, versions or posts were brought up to date at once.
    assert outcomes == {
        "the same": 99,
        "the same but for a day nobody gave": 25,
        "other headers moved too": 19,
        "cannot": 2,
    }


def outcome(made: dict[str, object], people: dict[str, object]) -> str:
    differing = {name for name in made.keys() | people.keys() if made.get(name) != people.get(name)}
    differing = {name for name in differing if name.casefold() not in REMOVED}
    if not differing:
        return "the same"
    # Before October 2024 nobody gave a day; the command leaves it blank.
    if differing == {"Resolution"}:
        day, link = made["Resolution"] if isinstance(made["Resolution"], tuple) else ("", "")
        if (day, people["Resolution"]) == (DAY_PLACEHOLDER, ("", link)):
            return "the same but for a day nobody gave"
    return "other headers moved too"
