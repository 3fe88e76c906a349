"""All mechanical fixes of a pull request at once: the files as they would be with them.

The fixes in findings are applied repeatedly, as `check --fix` does, until none is left. Besides, a
PEP gets the next free number, together with the files that belong to it, and CODEOWNERS its line.
Judgement is left to people: where two fixes are possible, none is made.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.peps.change import Change, FileStatus, touched_owner_lines
from bot.peps.changed_pep import NewPep, new_peps
from bot.peps.codeowners import parse_codeowners
from bot.peps.number import Claim, PepNumber, own_files_prefix, pep_path
from bot.rules.codeowners import assess_codeowners
from bot.rules.engine.assessment import OwnersState
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, RuleAndFix, fixed_text, without_overlaps
from bot.rules.engine.number_assessment import assess_number, number_to_take
from bot.rules.engine.registry import OnFailure, run_rules

_MOST_ROUNDS = 10
"""How often the rules run again at most, since one fix may reveal the need for another."""


@dataclass(frozen=True, slots=True)
class FileFix:
    """A file that would be changed, or only moved; then its texts are empty.

    Attributes:
        path: Its path at the head.
        new_path: Its path with the fixes.
        before: Its text at the head.
        after: Its text with the fixes.
        fixes: The fixes of the first round's findings, each with the finding's message.
        rules: The rules whose findings would be resolved.
    """

    path: str
    new_path: str
    before: str
    after: str
    fixes: tuple[tuple[Fix, str], ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(slots=True)
class _FixRun:
    """The state while fixes are applied: the change so far, and where each file came from."""

    change: Change
    context: Context
    skipped: frozenset[str]
    on_failure: OnFailure | None
    came_from: dict[str, str] = field(default_factory=dict)
    rules: dict[str, list[str]] = field(default_factory=dict)

    def origin(self, path: str) -> str:
        return self.came_from.get(path, path)

    def note(self, path: str, rule: str) -> None:
        known = self.rules.setdefault(self.origin(path), [])
        if rule not in known:
            known.append(rule)


def fixed_files(
    change: Change,
    context: Context,
    *,
    waived: Collection[str] = (),
    only: Collection[str] | None = None,
    on_failure: OnFailure | None = None,
) -> tuple[FileFix, ...]:
    """What can be fixed mechanically.

    Args:
        change: What the pull request changes.
        context: What the rules may know.
        waived: Rules that were waived.
        only: The rules to run; None for all.
        on_failure: Called for each rule whose code failed, each time it fails.
    """
    work = _FixRun(change, context, frozenset(waived), on_failure)
    first = _findings(work, only)
    if "number" not in work.skipped and (only is None or "number" in only):
        _renumber(work)
    for _ in range(_MOST_ROUNDS):
        before = work.change
        _apply(work, _findings(work, only))
        if only is None or "codeowners" in only:
            _fix_codeowners(work)
        if work.change == before:
            break
    return tuple(_file_fixes(work, change, first))


def _findings(work: _FixRun, only: Collection[str] | None) -> tuple[Finding, ...]:
    return run_rules(work.change, work.context, only, work.on_failure, work.skipped)


def _apply(work: _FixRun, findings: Iterable[Finding]) -> None:
    texts = {file.path: file.after for file in work.change.files if file.after is not None}
    for path, fixed, rules in apply_fixes(findings, texts):
        for rule in rules:
            work.note(path, rule)
        work.change = _with_text(work.change, path, fixed)


def apply_fixes(
    findings: Iterable[Finding], texts: Mapping[str, str]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each text that fixes change: its path, itself with all that do not collide, their rules."""
    fixes_by_path: dict[str, list[RuleAndFix]] = {}
    for finding in findings:
        if finding.fix is not None and finding.path is not None and finding.path in texts:
            fixes_by_path.setdefault(finding.path, []).append((finding.rule, finding.fix))
    for path, fixes in sorted(fixes_by_path.items()):
        chosen = without_overlaps(fixes)
        fixed = fixed_text(texts[path], [fix for _, fix in chosen])
        if fixed != texts[path]:
            yield path, fixed, tuple(rule for rule, _ in chosen)


def _with_text(change: Change, path: str, text: str) -> Change:
    return replace(
        change,
        files=tuple(
            # What docutils reported was about the old text.
            replace(file, after=text, markup=None) if file.path == path else file
            for file in change.files
        ),
    )


def _renumber(work: _FixRun) -> None:
    """Give the next free number to each new PEP that cannot keep its own."""
    for pep in new_peps(work.change, work.context.numbers.placeholders):
        assessment = assess_number(pep, work.change, work.context)
        number = number_to_take(pep, assessment, work.context.numbers)
        if number is None or pep_path(number) in {file.path for file in work.change.files}:
            continue
        path = pep_path(number)
        header = pep.preamble.header("PEP")
        text = pep.text
        if header is not None:
            fix = Fix(header.line, header.last_line, (f"PEP: {number}",))
            text = fixed_text(text, [fix])
        own_files = _own_files(work, pep.path, path)
        text = _with_references(text, pep.path, path, own_files)
        places = {pep.path: path, **own_files}
        for old, new in places.items():
            work.came_from[new] = old
            work.note(new, "number")
        work.change = _with_text(_with_moves(work.change, places), path, text)
        claims = (*work.context.numbers.claims, Claim(number, _NOBODY))
        work.context = replace(work.context, numbers=replace(work.context.numbers, claims=claims))


_NOBODY = 2**31
"""Stands for the pull request itself, so that two of its PEPs do not get the same number."""


def _own_files(work: _FixRun, path: str, new_path: str) -> dict[str, str]:
    """The files that the change adds for a PEP, by their paths, and where they go along with it."""
    prefix, new_prefix = path.removesuffix(".rst"), new_path.removesuffix(".rst")
    found = {
        file.path: new_prefix + file.path.removeprefix(prefix)
        for file in work.change.files
        if file.status in (FileStatus.ADDED, FileStatus.RENAMED)
        and own_files_prefix(file.path) == prefix
    }
    taken = {file.path for file in work.change.files} | (work.context.auxiliary or set())
    return {} if taken & set(found.values()) else found


def _with_references(text: str, path: str, new_path: str, own_files: Mapping[str, str]) -> str:
    """The text of a PEP, with the new names of its files wherever it had the old ones."""
    names = {old.removeprefix("peps/"): new.removeprefix("peps/") for old, new in own_files.items()}
    name, new_name = (one.removeprefix("peps/").removesuffix(".rst") for one in (path, new_path))
    if any(one.startswith(f"{name}/") for one in names):
        names[f"{name}/"] = f"{new_name}/"

    def renamed(found: re.Match[str]) -> str:
        word = found[0]
        short = re.split(r"[()\"']", word, maxsplit=1)[0]
        written = (word, word.rstrip(".,;:!?)\"'"), short.rstrip(".,;:!?"))
        known = next((one for one in written if one in names), short)
        return names.get(known, known) + own.sub(renamed, word[len(known) :])

    own = re.compile(rf"(?<![\w-]){re.escape(name)}(?:/|[-_][^\s`<>]{{1,300}})")
    return own.sub(renamed, text) if names else text


def _with_moves(change: Change, places: Mapping[str, str]) -> Change:
    return replace(
        change,
        files=tuple(replace(file, path=places.get(file.path, file.path)) for file in change.files),
    )


def _fix_codeowners(work: _FixRun) -> None:
    """Put the line that CODEOWNERS lacks where it belongs."""
    if "codeowners" in work.skipped:
        return
    for pep in new_peps(work.change, work.context.numbers.placeholders):
        _move_folder_line(work, pep)
        text = work.change.codeowners_after
        assessment = assess_codeowners(pep, work.change, work.context)
        if text is None or assessment.line_to_paste is None or pep.number is None:
            continue
        line = assessment.line_to_paste
        match assessment.state:
            case OwnersState.MISSING:
                fixed = _insert_line(text, line, pep.number)
            case OwnersState.INCOMPLETE if assessment.line is not None:
                fixed = fixed_text(text, [Fix(assessment.line, assessment.line, (line,))])
            case OwnersState.STALE_PATH | OwnersState.MISPLACED if assessment.line is not None:
                without = fixed_text(text, [Fix(assessment.line, assessment.line, ())])
                fixed = _insert_line(without, line, pep.number)
            case _:
                continue
        _set_codeowners(work, fixed)


def _move_folder_line(work: _FixRun, pep: NewPep) -> None:
    """Let the line on the folder of a PEP that was renumbered follow it."""
    text, old = work.change.codeowners_after, work.origin(pep.path)
    if text is None or old == pep.path or pep.number is None:
        return
    folder, new_folder = (f"{path.removesuffix('.rst')}/" for path in (old, pep.path))
    line = parse_codeowners(text).line_for(folder)
    if line is not None and line.number in touched_owner_lines(work.change):
        without = fixed_text(text, [Fix(line.number, line.number, ())])
        moved = line.text.replace(folder, new_folder, 1)
        _set_codeowners(work, _insert_line(without, moved, pep.number))


def _set_codeowners(work: _FixRun, text: str) -> None:
    path = work.change.codeowners_path
    if text != work.change.codeowners_after and path is not None:
        work.note(path, "codeowners")
        work.change = _with_text(replace(work.change, codeowners_after=text), path, text)


def _insert_line(text: str, line: str, number: PepNumber) -> str:
    after = parse_codeowners(text).position_for(number).after_line
    return fixed_text(text, [Fix(after + 1, after, (line,))])


def _file_fixes(work: _FixRun, change: Change, findings: Iterable[Finding]) -> Iterable[FileFix]:
    fixes_and_messages: Mapping[str, list[tuple[Fix, str]]] = {
        file.path: [] for file in change.files if file.after is not None
    }
    for finding in findings:
        if (
            finding.fix is not None
            and finding.path is not None
            and finding.path in fixes_and_messages
        ):
            fixes_and_messages[finding.path].append((finding.fix, finding.message))
    old = {file.path: file.after for file in change.files}
    paths = change.codeowners_path
    for file in work.change.files:
        origin = work.origin(file.path)
        before = old.get(origin)
        if before is None and origin != file.path:
            yield FileFix(origin, file.path, "", "", (), tuple(work.rules.get(origin, ())))
        if before is None or file.after is None or origin == paths:
            continue
        if (before, origin) != (file.after, file.path):
            yield FileFix(
                origin,
                file.path,
                before,
                file.after,
                tuple(fixes_and_messages.get(origin, ())),
                tuple(work.rules.get(origin, ())),
            )
    owners_before, owners_after = change.codeowners_after, work.change.codeowners_after
    if paths and owners_before is not None and owners_after not in (None, owners_before):
        yield FileFix(paths, paths, owners_before, owners_after or "", (), ("codeowners",))
