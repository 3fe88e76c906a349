from dataclasses import replace

from bot.peps.change import Change, FileChange, FileStatus, Markup, MarkupLevel, MarkupProblem
from bot.policy.model import Policy, RuleSetting
from bot.rules.document.markup import is_markup_rule_enabled, texts_to_parse, with_markup
from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, longer, modified, pep_text

PATH = "peps/pep-0695.rst"
BEFORE = pep_text(695)
AFTER = longer(BEFORE, "One.", "", "Two", "three.")
AT = AFTER.split("\n").index("Two") + 1


def problem(
    line: int = AT, level: MarkupLevel = MarkupLevel.ERROR, message: str = "Unknown `x`."
) -> MarkupProblem:
    return MarkupProblem(line, level, message)


def change_with(
    *problems: MarkupProblem, incomplete_reason: str = "", before: str = BEFORE
) -> Change:
    file = modified(before, AFTER)
    return change(replace(file, markup=Markup(problems, incomplete_reason)))


def test_an_error_is_a_warning_at_its_line() -> None:
    found = finding("markup", change_with(problem()))
    assert (found.severity, found.path, found.line) == (Severity.WARNING, PATH, AT)
    assert found.message == "Docutils reports: `Unknown 'x'.`"
    assert found.action


def test_a_warning_is_a_notice() -> None:
    found = finding("markup", change_with(problem(level=MarkupLevel.WARNING)))
    assert found.severity is Severity.NOTICE
    assert not found.action


def test_a_resolved_pep_gets_notices() -> None:
    before = BEFORE.replace("Draft", "Final")
    file = replace(modified(before, AFTER.replace("Draft", "Final")), markup=Markup((problem(),)))
    assert finding("markup", change(file)).severity is Severity.NOTICE


def test_only_touched_paragraphs_count() -> None:
    last = AFTER.split("\n").index("Copyright") + 1
    assert findings("markup", change_with(problem(last))) == []
    edited = AFTER.replace("three.", "four.")
    file = replace(modified(AFTER, edited), markup=Markup((problem(),)))
    assert finding("markup", change(file)).line == AT, "docutils names where the paragraph begins"


def test_what_is_quoted_is_pointed_at() -> None:
    text = longer(BEFORE, "Two things", "or a thing, or the `Thing`_ and", "[Thing]_.")
    at = text.split("\n").index("Two things") + 1
    markup = Markup((problem(at, message='Unknown target name: "thing".'),))
    found = finding("markup", change(replace(modified(BEFORE, text), markup=markup)))
    assert (found.line, found.columns) == (at + 1, (21, 25))
    role = Markup((problem(at, message='Unknown interpreted text role "two".'),))
    found = finding("markup", change(replace(modified(BEFORE, text), markup=role)))
    assert (found.line, found.columns) == (at, (1, 3))
    text = longer(BEFORE, "See https://peps.example and :peps:`8`.", "", "- note", "  .. note:: x")
    at = text.split("\n").index("- note") + 1
    markup = Markup(
        (
            problem(at - 2, message='Unknown interpreted text role "peps".'),
            problem(at, message='Unknown directive type "note".'),
        )
    )
    one, other = findings("markup", change(replace(modified(BEFORE, text), markup=markup)))
    assert (one.line, one.columns) == (at - 2, (31, 34))
    assert (other.line, other.columns) == (at + 1, (6, 9))
    nowhere = Markup((problem(at, message='Unknown target name: "(?:x".'),))
    found = finding("markup", change(replace(modified(BEFORE, text), markup=nowhere)))
    assert (found.line, found.columns) == (at, None)


def test_a_problem_past_the_end_of_a_text_is_reported_at_its_last_line() -> None:
    last = len(AFTER.splitlines())
    for line in (last + 1, last + 100):
        markup = Markup((problem(line, message='Unknown target name: "x".'),))
        file = replace(added(AFTER, PATH), markup=markup)
        assert finding("markup", change(file)).line == last


def test_a_text_that_was_not_read_is_reported_once() -> None:
    found = finding("markup", change_with(incomplete_reason="it took longer than 10 s"))
    assert (found.severity, found.line) == (Severity.NOTICE, 1)
    assert "it took longer than 10 s" in found.message


def test_at_most_twenty_are_reported_and_what_they_quote_is_harmless() -> None:
    many = [problem(message=f"{number} @everyone <b>![x](y)") for number in range(50)]
    found = findings("markup", change_with(*many))
    assert len(found) == 20
    assert all(one.message.endswith("`") for one in found)


def test_without_an_answer_there_is_nothing_to_say() -> None:
    assert findings("markup", change(added(pep_text()))) == []


def test_texts_are_asked_about_that_are_peps_and_changed() -> None:
    text = pep_text()
    removed = FileChange("peps/pep-0003.rst", FileStatus.REMOVED, before=text)
    moved = FileChange(
        "peps/pep-0004.rst", FileStatus.RENAMED, "peps/pep-0005.rst", before=text, after=text
    )
    the_change = change(
        added(text),
        modified(BEFORE, AFTER),
        added(text, "peps/pep-0792.txt"),
        added(text, "peps/pep-0012/notes.rst"),
        added(text, "README.rst"),
        removed,
        moved,
    )
    assert dict(texts_to_parse(the_change)) == {"peps/pep-0791.rst": text, PATH: AFTER}


def test_answers_come_to_their_files() -> None:
    the_change = change(added(pep_text()), modified(BEFORE, AFTER))
    marked = with_markup(the_change, {PATH: Markup(incomplete_reason="x")})
    assert [file.markup for file in marked.files] == [None, Markup(incomplete_reason="x")]
    assert with_markup(the_change, {}) is the_change


def test_who_switched_the_rule_off_needs_no_docutils() -> None:
    assert is_markup_rule_enabled(Policy())
    assert is_markup_rule_enabled(Policy(rules={"markup": RuleSetting.NOTICE}))
    assert not is_markup_rule_enabled(Policy(rules={"markup": RuleSetting.OFF}))
