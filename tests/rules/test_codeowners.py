from datetime import date
from typing import Any

import pytest

from bot.peps.change import Change
from bot.peps.changed_pep import new_peps
from bot.peps.people import Login
from bot.rules.codeowners import assess_codeowners
from bot.rules.engine.assessment import CodeownersAssessment, OwnersState
from bot.rules.engine.context import Context, OwnersError
from bot.rules.engine.finding import Need, Severity
from tests.rules.builders import (
    CODEOWNERS,
    OWNERS_BEFORE,
    added,
    change,
    context,
    finding,
    findings,
    modified,
    owners_with,
    pep_text,
    renamed,
    unknown_owner,
)

LINE = "peps/pep-0791.rst  @vera"
TWO_OWNERS = {"Author": "Wim Core", "Sponsor": "Vera Core"}


def assessment_of(the_change: Change, the_context: Context | None = None) -> CodeownersAssessment:
    (pep,) = new_peps(the_change)
    return assess_codeowners(pep, the_change, the_context or context())


def new_pep(*lines: str, headers: dict[str, str | None] | None = None, **more: Any) -> Change:
    return change(added(pep_text(**(headers or {}))), owners=owners_with(*lines), **more)


def test_a_missing_line_is_asked_for_at_the_new_file_and_given_to_paste() -> None:
    the_change = new_pep(headers={"Author": "Wim Core,\n  Olga Outsider", "Sponsor": "Vera Core"})
    found = finding("codeowners", the_change)
    assert (found.path, found.line, found.severity) == ("peps/pep-0791.rst", 1, Severity.WARNING)
    assert found.message == "Please add a line for this file to `.github/CODEOWNERS`."
    assert found.paste == "peps/pep-0791.rst  @wim @Vera"
    assert found.need is Need.CODEOWNERS
    assert "after the entry for PEP 777" in found.help
    assert assessment_of(the_change).state is OwnersState.MISSING
    assert assessment_of(the_change).after == "after the entry for PEP 777"


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        ((LINE,), {}),
        (("/peps/pep-0791.rst  @vera",), {}),
        (("peps/pep-0791.rst  @VERA # sponsor",), {}),
        (("peps/pep-0791.rst  @vera @wim",), TWO_OWNERS),
        (("peps/pep-0791.rst  @wim @vera",), TWO_OWNERS),
        (("peps/pep-0791.rst  @vera @somebody-else",), {}),
        (("peps/pep-0791.rst  @somebody-else",), {"Sponsor": "Tina Typing"}),
        (("peps/pep-0791.rst  @somebody-else",), {"Sponsor": "Early Member"}),
        (("peps/pep-0791.rst  @otto @vera",), {"Author": "Otto Owner"}),
        (("peps/pep-0791.rst  @edda",), {"Sponsor": "Edda Editor"}),
    ],
)
def test_a_line_with_at_least_the_expected_owners_is_present_in_any_order_and_case(
    lines: tuple[str, ...], headers: dict[str, str | None]
) -> None:
    the_change = new_pep(*lines, headers=headers)
    assert findings("codeowners", the_change) == []
    assert assessment_of(the_change).state is OwnersState.PRESENT


@pytest.mark.parametrize(
    ("sponsor", "state"),
    [
        ("Tina Typing", OwnersState.NOT_NEEDED),
        ("Early Member", OwnersState.NOT_NEEDED),
        (None, OwnersState.WAITING),
        ("Nobody Known", OwnersState.WAITING),
    ],
)
def test_nothing_is_asked_while_there_is_nobody_to_put_there(
    sponsor: str | None, state: OwnersState
) -> None:
    the_change = new_pep(headers={"Sponsor": sponsor})
    assert findings("codeowners", the_change) == []
    assert assessment_of(the_change).state is state


def test_an_owner_with_access_does_not_end_the_waiting_for_a_sponsor() -> None:
    the_change = new_pep(headers={"Author": "Otto Owner", "Sponsor": None})
    assert assessment_of(the_change).state is OwnersState.WAITING


@pytest.mark.parametrize("path", ["peps/pep-9999.rst", "peps/pep-XXXX.rst", "peps/pep-791.rst"])
def test_nothing_is_asked_before_the_number_is_settled(path: str) -> None:
    the_change = change(added(pep_text(), path))
    assert findings("codeowners", the_change) == []
    assert assessment_of(the_change).state is OwnersState.WAITING


def test_without_the_core_teams_list_nothing_is_asked() -> None:
    assert findings("codeowners", new_pep(), context(core_team=None)) == []


def test_without_codeowners_nothing_is_asked() -> None:
    the_change = change(added(pep_text()), before=None)
    assert findings("codeowners", the_change) == []
    assert assessment_of(the_change).state is OwnersState.NOT_NEEDED


@pytest.mark.parametrize("number", [8101, 8107])
def test_an_election_needs_no_line(number: int) -> None:
    the_change = change(added(pep_text(number), f"peps/pep-{number}.rst"))
    assert findings("codeowners", the_change) == []


def test_a_line_that_lacks_an_owner_is_marked_and_completed() -> None:
    the_change = new_pep("peps/pep-0791.rst  @vera @more", headers=TWO_OWNERS)
    found = finding("codeowners", the_change)
    assert (found.path, found.line) == (CODEOWNERS, 5)
    assert "lacks an author or sponsor with write access: `@wim`" in found.message
    assert found.paste == "peps/pep-0791.rst  @vera @more @wim"
    assert assessment_of(the_change).state is OwnersState.INCOMPLETE


def test_an_incomplete_line_that_stood_there_before_is_reported_at_the_pep() -> None:
    before = owners_with(LINE)
    the_change = change(added(pep_text(**TWO_OWNERS)), before=before)
    found = finding("codeowners", the_change)
    assert (found.path, found.line) == ("peps/pep-0791.rst", 1)


def test_a_line_out_of_order_is_reported_where_it_belongs() -> None:
    the_change = change(added(pep_text()), owners=owners_with(LINE, after_line=5))
    found = finding("codeowners", the_change)
    assert (found.path, found.line, found.paste) == (CODEOWNERS, 6, LINE)
    assert "after the entry for PEP 777" in found.help
    assert assessment_of(the_change).state is OwnersState.MISPLACED


@pytest.mark.parametrize("line", ["peps/pep-0791.rst  vera", "peps/pep-0791.rst @ve ra"])
def test_a_line_that_github_cannot_read_is_marked_with_the_right_one_to_paste(line: str) -> None:
    the_change = new_pep(line)
    found = finding("codeowners", the_change)
    assert (found.path, found.line, found.paste) == (CODEOWNERS, 5, "peps/pep-0791.rst  @Vera")
    assert assessment_of(the_change).state is OwnersState.MALFORMED


def test_an_owner_github_does_not_know_is_named_as_code() -> None:
    the_change = new_pep("peps/pep-0791.rst  @vera @nobody-here")
    the_context = context(owners_errors=(unknown_owner(5, "@nobody-here"),))
    found = finding("codeowners", the_change, the_context)
    assert (found.path, found.line) == (CODEOWNERS, 5)
    assert "`@nobody-here`" in found.message
    assert "`@vera`" not in found.message
    assert assessment_of(the_change, the_context).state is OwnersState.UNKNOWN_OWNER


def test_a_syntax_error_only_github_sees_counts_too() -> None:
    the_context = context(owners_errors=(OwnersError(5, "Invalid pattern", "@everyone look"),))
    found = finding("codeowners", new_pep(LINE), the_context)
    assert "everyone" not in found.message
    assert assessment_of(new_pep(LINE), the_context).state is OwnersState.MALFORMED


def test_errors_on_lines_the_change_leaves_alone_are_not_reported() -> None:
    broken = OWNERS_BEFORE.replace("peps/pep-0700.rst  @vera", "peps/pep-0700.rst  vera")
    the_change = change(added(pep_text()), before=broken, owners=owners_with(LINE, before=broken))
    the_context = context(owners_errors=(unknown_owner(4, "@vera"),))
    assert findings("codeowners", the_change, the_context) == []


def test_another_line_the_change_breaks_is_marked_and_breaks_the_file() -> None:
    the_change = new_pep(LINE, "peps/pep-0792.rst  wim")
    found = finding("codeowners", the_change)
    assert (found.path, found.line, found.pep) == (CODEOWNERS, 6, 792)
    assert assessment_of(the_change).state is OwnersState.FILE_BROKEN


def test_a_broken_line_is_reported_without_a_new_pep_too() -> None:
    the_change = change(owners=OWNERS_BEFORE.replace("0700.rst  @vera", "0700.rst  vera"))
    found = finding("codeowners", the_change)
    assert (found.path, found.line, found.pep, found.need) == (
        CODEOWNERS,
        3,
        700,
        Need.CODEOWNERS,
    )
    unknown = change(owners=OWNERS_BEFORE.replace("0700.rst  @vera", "0700.rst  @ghost"))
    the_context = context(owners_errors=(unknown_owner(3, "@ghost"),))
    assert "`@ghost`" in finding("codeowners", unknown, the_context).message


def test_a_file_broken_all_over_is_not_reported_line_by_line() -> None:
    broken = "".join(f"peps/pep-{number:04}.rst  nobody\n" for number in range(1, 500))
    assert len(findings("codeowners", change(owners=OWNERS_BEFORE + broken))) == 20


def test_a_broken_line_of_the_infrastructure_asks_for_no_pep_label() -> None:
    the_change = change(owners=OWNERS_BEFORE + "Makefile  hugo\n")
    assert finding("codeowners", the_change).need is None


def test_a_line_left_under_the_earlier_number_of_a_new_pep_is_found() -> None:
    the_change = new_pep("peps/pep-0778.rst  @vera")
    found = finding("codeowners", the_change)
    assert (found.path, found.line, found.paste) == (CODEOWNERS, 5, "peps/pep-0791.rst  @vera")
    assert assessment_of(the_change).state is OwnersState.STALE_PATH


def test_a_renumbered_pep_takes_its_line_along() -> None:
    file = renamed(pep_text(791), "peps/pep-0777.rst", "peps/pep-0791.rst")
    left = finding("codeowners", change(file))
    assert (left.path, left.line) == ("peps/pep-0791.rst", 1)
    assert left.paste is not None
    assert left.paste.startswith("peps/pep-0791.rst  @vera")
    taken = OWNERS_BEFORE.replace("pep-0777", "pep-0791")
    assert findings("codeowners", change(file, owners=taken)) == []


def test_a_renumbered_pep_that_never_had_a_line_needs_none() -> None:
    file = renamed(pep_text(791), "peps/pep-0790.rst", "peps/pep-0791.rst")
    assert findings("codeowners", change(file)) == []


def test_a_line_commented_out_on_purpose_is_accepted_but_not_one_that_waited_there() -> None:
    commented = "# peps/pep-0791.rst"
    assert findings("codeowners", new_pep(commented)) == []
    before = owners_with(commented)
    waiting = change(added(pep_text()), before=before)
    assert assessment_of(waiting).state is OwnersState.MISSING


def test_a_broader_pattern_with_all_owners_is_enough() -> None:
    before = "*  @python/pep-editors\npeps/  @vera\n"
    assert findings("codeowners", change(added(pep_text()), before=before)) == []


def test_editing_a_published_pep_asks_for_no_line() -> None:
    the_change = change(modified(pep_text(695), pep_text(695) + "more\n"))
    assert findings("codeowners", the_change) == []


def test_who_joined_later_is_expected_later() -> None:
    the_change = new_pep(LINE, headers={"Author": "Late Comer"})
    assert assessment_of(the_change).expected == ("Vera",)
    later = context(today=date(2025, 8, 1))
    assert assessment_of(the_change, later).expected == ("late", "Vera")


def test_one_person_in_two_roles_is_expected_once() -> None:
    the_change = new_pep(LINE, headers={"Author": "Vera Core", "Sponsor": "Verotschka"})
    assert assessment_of(the_change).expected == (Login("Vera"),)


PEP_840 = "peps/pep-0840.rst"
OLGA = "Olga Outsider"


def joined(
    author: str,
    *lines: str,
    sponsor: str | None = "Vera Core",
    status: str = "Draft",
    before: tuple[str, ...] = (),
) -> Change:
    """A change of the authors and sponsors of PEP 840, by Olga Outsider and Vera Core before."""
    first = pep_text(840, Author=OLGA, Sponsor="Vera Core", Status=status)
    second = pep_text(840, Author=author, Sponsor=sponsor, Status=status)
    return change(
        modified(first, second, PEP_840),
        before=owners_with(*(before or lines), after_line=5),
        owners=owners_with(*lines, after_line=5),
    )


def test_a_new_author_of_a_published_pep_is_missed_on_its_line() -> None:
    the_change = joined(f"{OLGA}, Wim Core", f"{PEP_840}  @vera")
    found = finding("codeowners", the_change)
    assert (found.path, found.line, found.severity) == (PEP_840, 3, Severity.WARNING)
    assert found.message == (
        "The line for `peps/pep-0840.rst` lacks an author or sponsor with write access: `@wim`."
    )
    assert found.paste == f"{PEP_840}  @vera @wim"
    assert found.need is None, "only new PEPs get the label"


def test_a_new_sponsor_is_missed_too_and_what_was_missing_before_is_not() -> None:
    the_change = joined(OLGA, f"{PEP_840}  @otto", sponsor="Wim Core")
    assert finding("codeowners", the_change).paste == f"{PEP_840}  @otto @wim"
    still = joined(f"{OLGA}, Nobody Known", f"{PEP_840}  @otto")
    assert findings("codeowners", still) == []


def test_a_line_that_the_change_edits_is_marked_itself() -> None:
    line = f"{PEP_840}  @vera @edda"
    found = finding("codeowners", joined(f"{OLGA}, Wim Core", line, before=(f"{PEP_840}  @vera",)))
    assert (found.path, found.line) == (CODEOWNERS, 6)


def test_a_published_pep_without_a_line_gets_one_with_all_owners() -> None:
    found = finding("codeowners", joined(f"{OLGA}, Wim Core"))
    assert found.message == "Please add a line for this file to `.github/CODEOWNERS`."
    assert found.paste == f"{PEP_840}  @wim @Vera"
    assert (found.line, found.need) == (3, None)


def test_the_folder_of_auxiliary_files_counts() -> None:
    lines = f"{PEP_840}  @vera @wim", "peps/pep-0840/     @vera"
    found = finding("codeowners", joined(f"{OLGA}, Wim Core", *lines))
    assert "The line for `peps/pep-0840/` lacks" in found.message
    assert found.paste == "peps/pep-0840/  @vera @wim"
    both = findings(
        "codeowners", joined(f"{OLGA}, Wim Core", f"{PEP_840}  @vera", "peps/pep-0840/  @vera")
    )
    assert [one.paste for one in both] == [f"{PEP_840}  @vera @wim", "peps/pep-0840/  @vera @wim"]


@pytest.mark.parametrize(
    ("author", "sponsor", "line", "status"),
    [
        (f"{OLGA}, Wim Core", "Vera Core", f"{PEP_840}  @vera @WIM", "Draft"),
        (f"{OLGA}, Wim Core", "Vera Core", f"{PEP_840}  @vera", "Final"),
        (f"{OLGA}, Vera Core", None, f"{PEP_840}  @otto", "Draft"),
        ("Olga O. Outsider", "Verotschka", f"{PEP_840}  @otto", "Draft"),
        (f"{OLGA}, Tina Typing", "Vera Core", f"{PEP_840}  @vera", "Draft"),
        (f"{OLGA}, Wim Core", "Vera Core", "peps/*  @vera @wim", "Draft"),
    ],
)
def test_other_changes_of_people_need_no_other_line(
    author: str, sponsor: str | None, line: str, status: str
) -> None:
    assert findings("codeowners", joined(author, line, sponsor=sponsor, status=status)) == []


def test_a_line_for_the_folder_of_a_new_pep_names_its_owners_too() -> None:
    folder = "peps/pep-0791/  @edda"
    found = finding("codeowners", new_pep(LINE, folder))
    assert (found.path, found.line, found.need) == (CODEOWNERS, 6, Need.CODEOWNERS)
    assert "The line for `peps/pep-0791/` lacks" in found.message
    assert found.paste == "peps/pep-0791/  @edda @Vera"
    assert findings("codeowners", new_pep(LINE, "peps/pep-0791/  @edda @vera")) == []
    both = findings("codeowners", new_pep("peps/pep-0791.rst  @edda", folder))
    assert [one.paste for one in both] == [
        "peps/pep-0791.rst  @edda @Vera",
        "peps/pep-0791/  @edda @Vera",
    ]
    assert len(findings("codeowners", new_pep("/peps/pep-0791.rst  @edda"))) == 1
