"""Puts the fixes that findings carry into the files of a working folder.

A file is written only if it still holds the text that was judged, all at once, with its line ends
and its permissions kept. Fixes that overlap are left for the next look at the file, so that none is
applied to lines another has moved.
"""

import os
import stat
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.offline.files import LARGEST
from bot.offline.request import CannotRun
from bot.rules.finding import Finding, RuleAndFix, apart, code, fixed_text


@dataclass(frozen=True, slots=True)
class FixedFile:
    """What was changed in one file.

    Attributes:
        path: The file.
        rules: The ids of the rules whose findings were fixed, one for each fix.
    """

    path: str
    rules: tuple[str, ...]


def fix_files(
    root: Path, findings: Iterable[Finding], texts: Mapping[str, str | None]
) -> tuple[FixedFile, ...]:
    """Fix what can be fixed at once.

    Args:
        root: The top of the working folder.
        findings: What the rules say, of files that may be changed.
        texts: The texts the findings are about, by path.

    Raises:
        CannotRun: A file cannot be written.
    """
    by_path: dict[str, list[RuleAndFix]] = defaultdict(list)
    for finding in findings:
        if finding.fix is not None and finding.path is not None:
            by_path[finding.path].append((finding.rule, finding.fix))
    done = []
    for path, wanted in sorted(by_path.items()):
        text = texts.get(path)
        if text is None or not _still_holds(root / path, text):
            continue
        chosen = apart(wanted)
        fixed = fixed_text(text, [fix for _, fix in chosen])
        if fixed != text:
            _write(root / path, fixed)
            done.append(FixedFile(path, tuple(rule for rule, _ in chosen)))
    return tuple(done)


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
