"""Puts the mends that findings carry into the files of a working folder.

A file is written only if it still holds the text that was judged, all at once, with its line ends
and its permissions kept. Mends that meet are left for the next look at the file, so that none is
applied to lines another has moved.
"""

import os
import stat
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bot.offline.failure import CannotRun
from bot.offline.files import LARGEST
from bot.rules.finding import Finding, Fix
from bot.rules.wording import code

_RuleAndFix: TypeAlias = tuple[str, Fix]


@dataclass(frozen=True, slots=True)
class Mended:
    """What was changed in one file.

    Attributes:
        path: The file.
        rules: The ids of the rules whose findings were mended, one for each mend.
    """

    path: str
    rules: tuple[str, ...]


def mend(
    root: Path, findings: Iterable[Finding], texts: Mapping[str, str | None]
) -> tuple[Mended, ...]:
    """Mend what can be mended at once.

    Args:
        root: The top of the working folder.
        findings: What the rules say, of files that may be changed.
        texts: The texts the findings are about, by path.

    Raises:
        CannotRun: A file cannot be written.
    """
    by_path: dict[str, list[_RuleAndFix]] = defaultdict(list)
    for finding in findings:
        if finding.fix is not None and finding.path is not None:
            by_path[finding.path].append((finding.rule, finding.fix))
    done = []
    for path, wanted in sorted(by_path.items()):
        text = texts.get(path)
        if text is None or not _still_holds(root / path, text):
            continue
        chosen = _apart(wanted)
        mended = mended_text(text, [fix for _, fix in chosen])
        if mended != text:
            _write(root / path, mended)
            done.append(Mended(path, tuple(rule for rule, _ in chosen)))
    return tuple(done)


def mended_text(text: str, fixes: Sequence[Fix]) -> str:
    """A text with lines replaced, by mends that stand apart and in order.

    A new line ends as the one it replaces, or else as the line before it.

    Args:
        text: The text as judged.
        fixes: The mends, sorted by line.
    """
    lines = text.split("\n")
    ended = lines[-1] == ""
    if ended:
        lines.pop()
    for fix in reversed(fixes):
        old = lines[fix.first_line - 1 : fix.last_line]
        model = old or lines[max(fix.first_line - 2, 0) : fix.first_line - 1] or lines[:1]
        end = "\r" if model and model[0].endswith("\r") else ""
        lines[fix.first_line - 1 : fix.last_line] = [f"{line}{end}" for line in fix.lines]
    return "\n".join([*lines, ""] if ended and lines else lines)


def _apart(wanted: Iterable[_RuleAndFix]) -> list[_RuleAndFix]:
    """Those whose mends do not meet; of two that do, the first stays."""
    chosen: list[_RuleAndFix] = []
    free_from = 1
    for rule, fix in sorted(wanted, key=lambda one: (one[1].first_line, one[1].last_line, one[0])):
        if fix.first_line >= free_from:
            chosen.append((rule, fix))
            free_from = max(fix.first_line, fix.last_line) + 1
    return chosen


def _still_holds(place: Path, text: str) -> bool:
    try:
        if not stat.S_ISREG(place.lstat().st_mode) or place.parent.is_symlink():
            return False
        with place.open("rb") as file:
            return file.read(LARGEST + 1) == text.encode("utf-8")
    except (OSError, UnicodeEncodeError):
        return False


def _write(place: Path, text: str) -> None:
    """Replace a file at once: whoever reads it sees the old text or the new one."""
    try:
        mode = stat.S_IMODE(place.stat().st_mode)
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".pep-bot-", delete=False) as new:
            try:
                new.write(text.encode("utf-8"))
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).chmod(mode)
                Path(new.name).replace(place)
            except BaseException:
                Path(new.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise CannotRun(f"{code(place.name)} cannot be written: {error.strerror}.") from error
