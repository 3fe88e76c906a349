"""Reports of `check`: text for terminals, JSON, and annotations in GitHub Actions.

Source of the annotations: GitHub docs, "Workflow commands for GitHub Actions".
"""

import json
import textwrap
import traceback
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import click

from bot.peps.change import Change
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import RuleFailed, run_rules
from bot.sanitize import LONGEST_EXCERPT, for_terminal, visible_character


def workflow_command(finding: Finding, title: str) -> str:
    """One finding as a workflow command that puts an annotation on its line."""
    properties: dict[str, object] = {"title": f"{title} ({finding.rule})"}
    if finding.path is not None:
        properties = _place(finding.path, finding) | properties
    rendered = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = "\n".join(for_terminal(line) for line in (finding.message, *advice(finding).split("\n")))
    return f"::{finding.severity.value} {rendered}::{_data(text.rstrip())}"


def _place(path: str, finding: Finding) -> dict[str, object]:
    place: dict[str, object] = {"file": path, "line": finding.line or 1}
    if finding.line is not None and finding.columns is not None:
        first, last = finding.columns
        place |= {"endLine": finding.line, "col": first, "endColumn": last}
    return place


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def json_line(finding: Finding) -> str:
    """One finding as a JSON object; the line to paste, if there is one, ends its `help`."""
    return json.dumps(
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "path": finding.path,
            "line": finding.line,
            "pep": finding.pep,
            "message": finding.message,
            "help": advice(finding),
        }
    )


_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}
_NO_PLACE = "(no file)"
_INDENT = "    "
_NARROWEST = 40


def text_report(
    findings: Sequence[Finding],
    change: Change,
    *,
    width: int | None = None,
    links: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """The lines of the report, styled; the caller drops the style if it is unwanted.

    Args:
        findings: The findings.
        change: What was checked, for the excerpts.
        width: The terminal's width in cells; None to wrap nothing, if it is no terminal.
        links: Where to read more about each rule; printed once at the end.
    """
    if width is not None:
        width = max(width, _NARROWEST)
    texts = texts_of(change)
    by_place = sorted(findings, key=lambda finding: (finding.path or "", finding.line or 0))
    for path, group in groupby(by_place, key=lambda finding: finding.path or ""):
        yield click.style(for_terminal(path) or _NO_PLACE, bold=True)
        for finding in group:
            yield from _finding(finding, texts.get(path), width)
        yield ""
    for rule in sorted({finding.rule for finding in findings} & set(links or {})):
        yield click.style(f"{rule}: {for_terminal((links or {})[rule])}", dim=True)


def texts_of(change: Change) -> dict[str, str]:
    """The texts that findings may be about, by path."""
    texts = {file.path: file.after for file in change.files}
    if change.codeowners_path is not None:
        texts[change.codeowners_path] = change.codeowners_after
    return {path: text for path, text in texts.items() if text is not None}


def summary_line(findings: Sequence[Finding], files: int) -> str:
    """How many files were checked and what was found, as a sentence."""
    numbers = {
        severity: sum(finding.severity is severity for finding in findings) for severity in Severity
    }
    rendered = ", ".join(_plural(number, severity.value) for severity, number in numbers.items())
    return f"{_plural(files, 'file')} checked: {rendered}."


def _finding(finding: Finding, text: str | None, width: int | None) -> Iterator[str]:
    line = f"{finding.line}: " if finding.line is not None else ""
    severity = click.style(finding.severity.value, fg=_COLOURS[finding.severity], bold=True)
    rule = click.style(f"[{finding.rule}]", dim=True)
    plain = f"  {line}{finding.severity.value}: "
    # Wrapped without its style, whose characters take no room on the terminal.
    rendered = _wrapped(f"{for_terminal(finding.message)} [{finding.rule}]", plain, _INDENT, width)
    rendered[0] = f"  {line}{severity}: {rendered[0].removeprefix(plain)}"
    rendered[-1] = rendered[-1].removesuffix(f"[{finding.rule}]") + rule
    yield from rendered
    if finding.line is not None and text is not None:
        yield from _excerpt(finding, finding.line, text, width)
    for paragraph in advice(replace(finding, paste=None)).split("\n"):
        if paragraph:
            yield from _wrapped(for_terminal(paragraph), _INDENT, _INDENT, width)
    if finding.paste:
        yield from (f"{_INDENT}{_INDENT}{row}".rstrip() for row in paste_text(finding).split("\n"))


def _excerpt(finding: Finding, line: int, text: str, width: int | None) -> Iterator[str]:
    room = min(LONGEST_EXCERPT, width - len(_INDENT) - 2) if width is not None else LONGEST_EXCERPT
    excerpt = marked_excerpt(text, line, finding.columns, room)
    if excerpt.line:
        yield click.style(f"{_INDENT}| {excerpt.line}", dim=True)
    if excerpt.line and excerpt.underline:
        carets = click.style(excerpt.underline, fg=_COLOURS[finding.severity])
        yield f"{click.style(f'{_INDENT}|', dim=True)} {carets}"


def _wrapped(paragraph: str, first: str, others: str, width: int | None) -> list[str]:
    if width is None:
        return [first + paragraph]
    return textwrap.wrap(
        paragraph,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]


def _plural(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def advice(finding: Finding) -> str:
    """What to do and why, and on its own line what to paste; empty if nothing is to be done."""
    action = f"{finding.action.rstrip('.')}." if finding.action else ""
    lines = [" ".join(part for part in (action, finding.help) if part), paste_text(finding)]
    return "\n".join(line for line in lines if line)


def paste_text(finding: Finding) -> str:
    """The text to paste, made harmless for terminals; empty if there is none."""
    return "\n".join(for_terminal(line) for line in (finding.paste or "").split("\n")).strip("\n")


_CUT = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line of a file, made harmless for terminals, with its marked columns.

    Attributes:
        line: The line, or the part of it around the columns; empty if there is none.
        underline: The blanks and carets below it; empty without columns.
    """

    line: str
    underline: str = ""


def marked_excerpt(
    text: str, line: int, columns: tuple[int, int] | None, longest: int = LONGEST_EXCERPT
) -> Excerpt:
    """A line of a text with some columns marked.

    Args:
        text: The whole text.
        line: The 1-based line, as GitHub counts them.
        columns: The first and last 1-based column to mark; None for the whole line.
        longest: The most cells of the terminal to fill.
    """
    whole = line_of(text, line)
    first, last = columns or (0, -1)
    first, last = max(first - 1, 0), min(last, len(whole))
    begin = 0 if last <= longest - 2 else max(0, min(first - longest // 3, len(whole) - 1))
    cells, marks, room = [], [], longest
    if begin:
        cells.append(_CUT)
        marks.append(" ")
        room -= 1
    for place in range(begin, min(len(whole), begin + 4 * longest)):
        for letter in visible_character(whole[place], "".join(cells[-2:])):
            width = _width(letter)
            if width > room - 1 and place + 1 < len(whole):
                cells.append(_CUT)
                return _trimmed(cells, marks)
            if not cells and letter == " ":
                continue
            room -= width
            cells.append(letter)
            marks.append(("^" if first <= place < last else " ") * width)
    return _trimmed(cells, marks)


def line_of(text: str, line: int) -> str:
    """One line of a text without its end; empty if there is no such line."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if not start:
            return ""
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].removesuffix("\r")


def _trimmed(cells: list[str], marks: list[str]) -> Excerpt:
    return Excerpt("".join(cells).rstrip(), "".join(marks).rstrip())


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


_LONGEST = 300
_OWN_MODULES = "bot."


def failure_line(failure: RuleFailed, change: Change, context: Context) -> str:
    """What failed, on which file, and what to do about it."""
    path = _failing_file(failure, change, context)
    where = f" on {for_terminal(path)}" if path is not None else ""
    what = "".join(traceback.format_exception_only(failure.fault))
    return (
        f"The rule {failure.rule} failed{where}. This is a bug of the bot, not a mistake of yours, "
        "and the findings of this rule are missing. Please report this line: "
        f"{for_terminal(what, _LONGEST)} [{_place_of_rule(failure)}, {failure.id}]"
    )


def _failing_file(failure: RuleFailed, change: Change, context: Context) -> str | None:
    """The first file on which the rule fails alone; None if it takes several files."""
    for file in change.files:
        failures: list[RuleFailed] = []
        alone = replace(change, files=(file,), files_complete=False)
        run_rules(alone, context, {failure.rule}, failures.append)
        if failures:
            return file.path
    return None


def _place_of_rule(failure: RuleFailed) -> str:
    """Where in the bot's own code it failed."""
    places = [
        (str(frame.f_globals.get("__name__")), line)
        for frame, line in traceback.walk_tb(failure.fault.__traceback__)
    ]
    module, line = next(
        (place for place in reversed(places) if place[0].startswith(_OWN_MODULES)), places[-1]
    )
    return f"{module}, line {line}"
