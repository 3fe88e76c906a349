"""Findings for people at a terminal: by file, each with its line and what to do."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import click

from bot.offline.advice import advice, pasted
from bot.offline.excerpt import marked_excerpt
from bot.offline.printable import LONGEST_EXCERPT, printable
from bot.rules.change import Change
from bot.rules.finding import Finding, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}
_NO_PLACE = "(no place)"
_INDENT = "    "
_NARROWEST = 40


def text_report(
    findings: Sequence[Finding],
    change: Change,
    *,
    width: int | None = None,
    links: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """The lines of the report, styled; whoever prints them drops the style where it is unwanted.

    Args:
        findings: What the rules say.
        change: What they judged, for the excerpts.
        width: Cells of the terminal's lines; None where nobody looks, and nothing is wrapped.
        links: Where to read more about each rule; told once at the end.
    """
    if width is not None:
        width = max(width, _NARROWEST)
    texts = texts_of(change)
    by_place = sorted(findings, key=lambda finding: (finding.path or "", finding.line or 0))
    for path, group in groupby(by_place, key=lambda finding: finding.path or ""):
        yield click.style(printable(path) or _NO_PLACE, bold=True)
        for finding in group:
            yield from _finding(finding, texts.get(path), width)
        yield ""
    for rule in sorted({finding.rule for finding in findings} & set(links or {})):
        yield click.style(f"{rule}: {printable((links or {})[rule])}", dim=True)


def texts_of(change: Change) -> dict[str, str | None]:
    """The texts a finding's line may lie in, by path."""
    texts = {file.path: file.after for file in change.files}
    if change.codeowners_path is not None:
        texts[change.codeowners_path] = change.codeowners_after
    return texts


def counted(findings: Sequence[Finding], files: int) -> str:
    """How many files were looked at and what was found, as a sentence."""
    numbers = {
        severity: sum(finding.severity is severity for finding in findings) for severity in Severity
    }
    told = ", ".join(_plural(number, severity.value) for severity, number in numbers.items())
    return f"{_plural(files, 'file')} looked at: {told}."


def _finding(finding: Finding, text: str | None, width: int | None) -> Iterator[str]:
    line = f"{finding.line}: " if finding.line is not None else ""
    severity = click.style(finding.severity.value, fg=_COLOURS[finding.severity], bold=True)
    rule = click.style(f"[{finding.rule}]", dim=True)
    plain = f"  {line}{finding.severity.value}: "
    # Wrapped without its style, whose letters take no room on the terminal.
    told = _wrapped(f"{printable(finding.message)} [{finding.rule}]", plain, _INDENT, width)
    told[0] = f"  {line}{severity}: {told[0].removeprefix(plain)}"
    told[-1] = told[-1].removesuffix(f"[{finding.rule}]") + rule
    yield from told
    if finding.line is not None and text is not None:
        yield from _excerpt(finding, finding.line, text, width)
    for words in advice(replace(finding, paste=None)).split("\n"):
        if words:
            yield from _wrapped(printable(words), _INDENT, _INDENT, width)
    if finding.paste:
        yield from (f"{_INDENT}{_INDENT}{row}".rstrip() for row in pasted(finding).split("\n"))


def _excerpt(finding: Finding, line: int, text: str, width: int | None) -> Iterator[str]:
    room = min(LONGEST_EXCERPT, width - len(_INDENT) - 2) if width is not None else LONGEST_EXCERPT
    excerpt = marked_excerpt(text, line, finding.columns, room)
    if excerpt.shown:
        yield click.style(f"{_INDENT}| {excerpt.shown}", dim=True)
    if excerpt.shown and excerpt.underline:
        carets = click.style(excerpt.underline, fg=_COLOURS[finding.severity])
        yield f"{click.style(f'{_INDENT}|', dim=True)} {carets}"


def _wrapped(words: str, first: str, others: str, width: int | None) -> list[str]:
    if width is None:
        return [first + words]
    return textwrap.wrap(
        words,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]


def _plural(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
