"""What `/pep fix` offers on real PEPs, spoilt: applied, it makes the findings go and no more."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.peps.change import Change, FileStatus
from bot.peps.diff import blocks, lines_of
from bot.peps.number import PepNumber, next_number, pep_path
from bot.policy.load import default_policy
from bot.review.fixes.files import fixed_files
from bot.review.fixes.suggestions import offer, patch_of
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding
from bot.rules.engine.registry import run_rules
from tests.replay.history import Merged, load
from tests.replay.tree import tree
from tests.review.applying_fixes import clicked, with_patch
from tests.rules.builders import change, context, ledger, modified
from tests.rules.mutations import mutants
from tests.rules.test_mutations import SOUND_PEPS

pytestmark = pytest.mark.real_data


def rules_of(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(one.rule, one.message) for one in findings}


def fixable(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(one.rule, one.message) for one in findings if one.fix is not None}


@SOUND_PEPS
def test_every_fix_of_a_broken_pep_makes_its_finding_go_and_changes_nothing_else(
    number: PepNumber, shared_data: Path, tmp_path: Path
) -> None:
    text = tree(shared_data)[number]
    path = pep_path(number)
    the_context = replace(
        context(numbers=ledger(range(1, 816), claims={})),
        today=date(2025, 12, 31),
        policy=default_policy(),
    )
    count = 0
    for place, mutant in enumerate(mutants(text)):
        edit = change(modified(text, mutant.text, path))
        before = run_rules(edit, the_context)
        found = fixed_files(edit, the_context)
        if not fixable(before):
            assert found == (), mutant.name
            continue
        count += 1
        offered = offer(found, edit)
        (file_fix,) = found
        applied = clicked(mutant.text, list(offered.suggestions))
        if offered.patch:
            applied = with_patch(tmp_path / f"p{place}", {path: applied}, offered.patch)[path]
        assert applied == file_fix.after, mutant.name
        whole = with_patch(tmp_path / f"w{place}", {path: mutant.text}, patch_of(found))
        assert whole == {path: file_fix.after}, mutant.name
        after = run_rules(change(modified(text, applied, path)), the_context)
        assert not fixable(before) & rules_of(after), mutant.name
        assert rules_of(after) <= rules_of(before), f"{mutant.name}: new findings {after}"
        assert_only_there(mutant.text, applied, before, mutant.name)
    assert count > 5


def assert_only_there(before: str, after: str, findings: tuple[Finding, ...], name: str) -> None:
    """Only lines that a mend is about differ, or lines right beside them."""
    about: set[int] = set()
    for one in findings:
        if one.fix is not None:
            about |= set(range(one.fix.first_line - 1, one.fix.last_line + 2))
    for block in blocks(lines_of(before), lines_of(after)):
        touched = set(range(block.old_start + 1, block.old_end + 1)) or {block.old_start + 1}
        assert touched <= about, f"{name}: lines {sorted(touched - about)} changed as well"


def unnumbered(merged: Merged) -> tuple[Change, Context] | None:
    """A merged new PEP as if its author had taken no number and forgotten CODEOWNERS."""
    if len(merged.new) != 1 or merged.new[0].number is None:
        return None
    pep = merged.new[0]
    header = pep.preamble.header("PEP")
    codeowners = merged.change.codeowners_after
    if header is None or codeowners is None or pep.is_placeholder:
        return None
    lines = pep.text.split("\n")
    lines[header.line - 1] = "PEP: 9999"
    files = tuple(
        replace(file, path="peps/pep-9999.rst", after="\n".join(lines), markup=None)
        if file.path == pep.path
        else file
        for file in merged.change.files
        if file.path != merged.change.codeowners_path
    )
    if not any(file.status is FileStatus.ADDED for file in files):
        return None
    before = merged.change.codeowners_before
    the_change = replace(
        merged.change, files=files, codeowners_before=before, codeowners_after=before, title=""
    )
    return the_change, replace(merged.context, pull_request=merged.pull_request)


@pytest.mark.parametrize(
    "every",
    [
        pytest.param(16, id="every sixteenth new PEP"),
        pytest.param(1, id="every new PEP", marks=pytest.mark.exhaustive),
    ],
)
def test_new_peps_get_their_number_and_their_line_by_one_patch(
    shared_data: Path, tmp_path: Path, every: int
) -> None:
    count = with_line = 0
    history = load(shared_data)
    rows = history.with_new_pep()[::every]
    for merged in map(history.__getitem__, rows):
        made = unnumbered(merged)
        if made is None:
            continue
        the_change, the_context = made
        wanted = next_number(the_context.numbers, for_pull_request=the_context.pull_request)
        found = fixed_files(the_change, the_context)
        offered = offer(found, the_change)
        assert "rename from peps/pep-9999.rst" in offered.patch, merged.title
        texts_now = {file.path: file.after for file in the_change.files if file.after is not None}
        owners_path = the_change.codeowners_path
        if owners_path is not None and the_change.codeowners_after is not None:
            texts_now[owners_path] = the_change.codeowners_after
        for one in offered.suggestions:
            assert one.path != "peps/pep-9999.rst"
        for path in {one.path for one in offered.suggestions}:
            mine = [one for one in offered.suggestions if one.path == path]
            texts_now[path] = clicked(texts_now[path], mine)
        applied = with_patch(tmp_path / str(count), texts_now, offered.patch)
        count += 1
        assert pep_path(wanted) in applied, merged.title
        after = replace(
            the_change,
            files=tuple(
                replace(
                    file,
                    path=pep_path(wanted) if file.path == "peps/pep-9999.rst" else file.path,
                    after=applied.get(
                        pep_path(wanted) if file.path == "peps/pep-9999.rst" else file.path,
                        file.after,
                    ),
                )
                for file in the_change.files
            ),
            codeowners_after=applied.get(owners_path or "", the_change.codeowners_after),
        )
        left = {one.rule for one in run_rules(after, the_context)}
        assert "number" not in left, merged.title
        before = {one.rule for one in run_rules(the_change, the_context)}
        # With its number it is the Draft that another PEP of the change names as its successor.
        assert left <= before | {"codeowners", "relations"}, merged.title
        if after.codeowners_after != the_change.codeowners_after:
            with_line += 1
            assert "codeowners" not in left, merged.title
    assert count > 0.7 * len(rows)
    assert with_line > 0.45 * len(rows)
