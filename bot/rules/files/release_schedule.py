"""Rule: the generated lines of a release schedule are not edited by hand."""

from collections.abc import Iterable

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, PepText, touched_peps
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule

_ID = "release-schedule"
_MARK = ".. release schedule:"
_SOURCE_FOLDER = "release_management/"


@rule(
    id=_ID,
    title="Release schedules",
    severity=Severity.WARNING,
    source="python/peps, release_management",
    link="https://github.com/python/peps/tree/main/release_management",
    doc=(
        "The lines between `.. release schedule: …` and `.. release schedule: ends` are "
        "generated from `release_management/python-releases.toml`; an edit by hand is "
        "lost the next time. Nothing is reported unless all changed files are known, or "
        "if the repository has no such file."
    ),
    bad="A pull request that edits a date between the two marks, and no other file.",
    good="A pull request that edits the date in `python-releases.toml` and runs the program.",
    remedy=(
        "Edit `release_management/python-releases.toml`, then run "
        "`python -m release_management update-peps`."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the lines between the markers."""
    if not change.files_complete or not context.generates_schedules or _touches_source(change):
        return
    for pep in touched_peps(change):
        line = _edited_line(pep)
        if line is not None:
            yield Finding(
                rule=_ID,
                severity=Severity.WARNING,
                message="This line of the release schedule is generated.",
                action="Regenerate the schedule",
                help=(
                    "Edit `release_management/python-releases.toml` and run `python -m "
                    "release_management update-peps`; otherwise the next run undoes this "
                    "edit."
                ),
                path=pep.path,
                line=line,
                pep=pep.number,
            )


def _touches_source(change: Change) -> bool:
    return any(
        path.startswith(_SOURCE_FOLDER)
        for file in change.files
        for path in (file.path, file.previous_path or "")
    )


def _edited_line(pep: ChangedPep) -> int | None:
    """The first line between the markers that differs; None if none does."""
    if pep.before is None or _MARK not in pep.before.text or _MARK not in pep.after.text:
        return None
    before, after = _written(pep.before), _written(pep.after)
    if [pep.before.lines[line - 1] for line in before] == [
        pep.after.lines[line - 1] for line in after
    ]:
        return None
    # If lines were only removed, none is touched: report the first of those that are left.
    return next((line for line in after if pep.touches(line)), after[0] if after else 1)


def _written(text: PepText) -> list[int]:
    """The 1-based lines between the markers."""
    inside = False
    found: list[int] = []
    for number, line in enumerate(text.lines, start=1):
        if line.startswith(_MARK):
            inside = line.removeprefix(_MARK).strip() != "ends"
        elif inside:
            found.append(number)
    return found
