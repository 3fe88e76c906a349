"""Fixes as people can apply them: suggested changes on lines of the diff, and a patch for the rest.

A suggestion is committed with one click, but works only on lines that the diff shows, and cannot
rename a file (GitHub docs, "Incorporating feedback in your pull request"). The rest becomes one
patch for `git apply`. A file is in one of the two, never in both, so that each can be applied
without the other.
"""

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.peps.change import Change, FileStatus
from bot.peps.diff import Block, blocks, lines_of
from bot.peps.number import own_files_prefix
from bot.review.fixes.files import FileFix
from bot.review.render.markdown import fenced, prose

_CONTEXT = 3
"""Lines that GitHub's diff shows around each difference."""

_PATCH_CONTEXT = 1
"""Lines of context in a patch: just enough to apply it. They repeat an author's lines, which may
contain addresses, so the fewer the better."""

_MOST_SUGGESTIONS = 30
"""With more suggestions the review would be unreadable; further files go into the patch."""

_PLAIN = frozenset(string.ascii_letters + string.digits + "._-+/ ")

_LONGEST_SUGGESTION = 10_000
"""Characters of one suggestion; a longer one would be too long for a comment on a line."""

_LONGEST_PATCH = 30_000
"""Characters of the longest patch that fits into a comment."""

_END_OF_PATCH = "--\n"
"""The last line, as in patches sent by mail, which git ignores. Copying from a page loses the last
line end, and git calls a patch corrupt if a line it reads has none."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested change: whole lines of a file at the head, replaced by others.

    Attributes:
        path: The file.
        first_line: The first 1-based line that is replaced.
        last_line: The last one.
        lines: The new lines, without line ends.
        why: What it fixes, as plain sentences like those of findings.
    """

    path: str
    first_line: int
    last_line: int
    lines: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """The fixes that can be offered on a pull request.

    Attributes:
        suggestions: The suggested changes, by file and line.
        patch: For `git apply`; empty if nothing is left for it.
        fallback_patch: The suggestions as a patch, in case GitHub refuses them; empty if that
            would be too long.
        not_possible: The files that cannot be fixed either way.
    """

    suggestions: tuple[Suggestion, ...]
    patch: str
    fallback_patch: str
    not_possible: tuple[str, ...]


def offer(file_fixes: Iterable[FileFix], change: Change) -> Offer:
    """Divide fixes into suggestions and a patch."""
    fit: list[FileFix] = []
    not_possible: list[FileFix] = []
    for file_fix in file_fixes:
        (fit if _can_stand_in_comment(file_fix) else not_possible).append(file_fix)
    # What belongs to a PEP moves only together with it.
    staying = {file_fix.path.removesuffix(".rst") for file_fix in not_possible}
    fit = [file_fix for file_fix in fit if own_files_prefix(file_fix.path) not in staying]
    suggested: list[Suggestion] = []
    patched: list[FileFix] = []
    for file_fix in fit:
        found = _suggestions(file_fix, _lines_in_diff(file_fix.path, change))
        if found is None or len(suggested) + len(found) > _MOST_SUGGESTIONS:
            patched.append(file_fix)
        else:
            suggested += found
    patch = patch_of(patched)
    fallback_patch = patch_of([file_fix for file_fix in fit if file_fix not in patched])
    if len(patch) > _LONGEST_PATCH:
        not_possible += patched
        patch = ""
    return Offer(
        tuple(suggested),
        patch,
        fallback_patch if len(fallback_patch) <= _LONGEST_PATCH else "",
        tuple(file_fix.path for file_fix in not_possible if file_fix.before),
    )


def patch_of(file_fixes: Sequence[FileFix]) -> str:
    """The patch that makes the fixes, with renames as git writes them."""
    return "".join(map(_file_patch, file_fixes)) + _END_OF_PATCH if file_fixes else ""


def _can_stand_in_comment(file_fix: FileFix) -> bool:
    """Whether a comment keeps the text unchanged; it loses carriage returns and zero bytes."""
    return not any("\r" in text or "\x00" in text for text in (file_fix.before, file_fix.after))


def _lines_in_diff(path: str, change: Change) -> frozenset[int]:
    """The 1-based lines of a file at the head that the pull request's diff shows."""
    if path == change.codeowners_path:
        before, after = change.codeowners_before, change.codeowners_after
    else:
        file = next((one for one in change.files if one.path == path), None)
        if file is None:
            return frozenset()
        after = file.after
        before = "" if file.status is FileStatus.ADDED else file.before
    if before is None or after is None:
        return frozenset()
    new = lines_of(after)
    visible: set[int] = set()
    for block in blocks(lines_of(before), new):
        start = max(block.new_start - _CONTEXT, 0)
        visible.update(range(start + 1, min(block.new_end + _CONTEXT, len(new)) + 1))
    return frozenset(visible)


def _suggestions(file_fix: FileFix, visible: frozenset[int]) -> list[Suggestion] | None:
    """The suggestions that fix a file; None if suggestions cannot express all of it."""
    if file_fix.new_path != file_fix.path:
        return None
    old, new = lines_of(file_fix.before), lines_of(file_fix.after)
    if not old or not old[-1].endswith("\n") or (new and not new[-1].endswith("\n")):
        return None
    found: list[Suggestion] = []
    for block in blocks(old, new):
        first, last = block.old_start, block.old_end
        lines = new[block.new_start : block.new_end]
        if first == last:
            # To insert lines, a neighbouring line is replaced by itself and them.
            if first in visible:
                first -= 1
                lines = [old[first], *lines]
            elif first + 1 in visible:
                last += 1
                lines = [*lines, old[first]]
            else:
                return None
        if not visible.issuperset(range(first + 1, last + 1)):
            return None
        if found and found[-1].last_line >= first + 1:
            return None  # two suggestions must not touch the same line
        if sum(map(len, lines)) > _LONGEST_SUGGESTION:
            return None
        found.append(
            Suggestion(
                file_fix.path,
                first + 1,
                last,
                tuple(line.removesuffix("\n") for line in lines),
                _why(file_fix, block),
            )
        )
    return found


def _why(file_fix: FileFix, block: Block) -> tuple[str, ...]:
    first, last = block.old_start + 1, max(block.old_end, block.old_start + 1)
    return tuple(
        dict.fromkeys(
            message
            for fix, message in file_fix.fixes
            if fix.first_line <= last and max(fix.last_line, fix.first_line) >= first
        )
    )


def _file_patch(file_fix: FileFix) -> str:
    old, new = lines_of(file_fix.before), lines_of(file_fix.after)
    head = [f"diff --git {_path(f'a/{file_fix.path}')} {_path(f'b/{file_fix.new_path}')}\n"]
    if file_fix.path != file_fix.new_path:
        if (old, new) == ([], []):
            head.append("similarity index 100%\n")
        head += [f"rename from {_path(file_fix.path)}\n", f"rename to {_path(file_fix.new_path)}\n"]
    hunks = "".join(_hunk(group, old, new) for group in _grouped(blocks(old, new)))
    if hunks:
        head += [f"--- a/{file_fix.path}\n", f"+++ b/{file_fix.new_path}\n"]
    return "".join(head) + hunks


def _path(path: str) -> str:
    """A path as git writes it into a patch: quoted, with bytes as octal numbers, unless plain.

    Source: https://git-scm.com/docs/git-config ("core.quotePath")
    """
    if path.isascii() and path.isprintable() and not set(path) & set('"\\ `'):
        return path
    written = (chr(one) if chr(one) in _PLAIN else f"\\{one:03o}" for one in path.encode())
    return f'"{"".join(written)}"'


def _grouped(found: Sequence[Block]) -> list[list[Block]]:
    """Group blocks that share lines of context, so that they become one hunk."""
    groups: list[list[Block]] = []
    for block in found:
        if groups and block.old_start - groups[-1][-1].old_end <= 2 * _PATCH_CONTEXT:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _hunk(group: list[Block], old: list[str], new: list[str]) -> str:
    before = _context_before(group, old)
    old_start, new_start = group[0].old_start - before, group[0].new_start - before
    old_end = min(group[-1].old_end + _PATCH_CONTEXT, len(old))
    new_end = min(group[-1].new_end + _PATCH_CONTEXT, len(new))
    lines: list[str] = []
    at = old_start
    for block in group:
        lines += [_line(" ", text) for text in old[at : block.old_start]]
        lines += [_line("-", text) for text in old[block.old_start : block.old_end]]
        lines += [_line("+", text) for text in new[block.new_start : block.new_end]]
        at = block.old_end
    lines += [_line(" ", text) for text in old[at:old_end]]
    was, becomes = _range(old_start, old_end), _range(new_start, new_end)
    return f"@@ -{was} +{becomes} @@\n" + "".join(lines)


def _context_before(group: list[Block], old: list[str]) -> int:
    """How many lines of context a hunk begins with.

    A line with an `@` (an address) is left out if git can place the hunk without it: by the lines
    the hunk removes, or by the line after it unless that is blank. (Git requires context after a
    hunk, not before.)
    """
    start, end = group[0].old_start, group[-1].old_end
    count = min(start, _PATCH_CONTEXT)
    if not any("@" in line for line in old[start - count : start]) or end >= len(old):
        return count
    is_found = start < group[0].old_end or bool(old[end].strip())
    return 0 if is_found and start > 0 else count


def _range(start: int, end: int) -> str:
    # An empty range is named by the line before it.
    return f"{start + 1 if end > start else start},{end - start}"


def _line(sign: str, text: str) -> str:
    return (
        f"{sign}{text}" if text.endswith("\n") else f"{sign}{text}\n\\ No newline at end of file\n"
    )


def render_suggestion(one: Suggestion) -> str:
    """What it fixes, and the block that GitHub commits with a click.

    Source: https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/incorporating-feedback-in-your-pull-request
    """
    lines = "".join(f"{line}\n" for line in one.lines)
    return "\n\n".join([*map(prose, one.why), fenced(lines, "suggestion")])
