import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

PEP_8 = "https://peps.python.org/pep-0008/"


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        (f"See {PEP_8}#imports for more.", "See :pep:`8#imports` for more."),
        (f"See ({PEP_8}).", "See (:pep:`8`)."),
        (f"See `the guide <{PEP_8}#imports>`__.", "See :pep:`the guide <8#imports>`."),
        (f"See `the guide <{PEP_8}>`_.", "See :pep:`the guide <8>`."),
        ("https://www.python.org/dev/peps/pep-0484", ":pep:`484`"),
        ("See https://www.rfc-editor.org/rfc/rfc2119#section-3", "See :rfc:`2119#section-3`"),
        ("`It <https://datatracker.ietf.org/doc/html/rfc822>`__", ":rfc:`It <822>`"),
    ],
)
def test_an_address_in_a_sentence_becomes_a_role(line: str, fixed: str) -> None:
    text = pep_text() + f"\n{line}\n"
    number = text.split("\n").index(line) + 1
    found = finding("role-links", change(added(text)))
    assert (found.severity, found.line) == (Severity.ERROR, number)
    assert found.fix == Fix(number, number, (fixed,))


@pytest.mark.parametrize(
    "line",
    [
        f".. _guide: {PEP_8}",
        f"Code::\n\n   {PEP_8}",
        f"`guide <{PEP_8}>`_ and `guide`_",
        "https://peps.python.org/pep-XXXX/",
        "HTTPS://PEPS.PYTHON.ORG/PEP-0008/",
        "https://www.rfc-editor.org/rfc/",
    ],
)
def test_other_places_are_reported_without_a_fix(line: str) -> None:
    found = finding("role-links", change(added(pep_text() + f"\n{line}\n")))
    assert found.fix is None
    assert found.help


@pytest.mark.parametrize(
    "line", [":pep:`8`", ":rfc:`2119`", "https://peps.python.org/", "https://tools.ietf.org/rfc1"]
)
def test_roles_and_other_addresses_are_left_alone(line: str) -> None:
    assert findings("role-links", change(added(pep_text() + f"\n{line}\n"))) == []


def test_peps_that_write_about_addresses_are_exempt() -> None:
    text = pep_text(676) + f"\n{PEP_8}\n"
    assert findings("role-links", change(added(text, "peps/pep-0676.rst"))) == []


def test_it_is_an_error_in_a_final_pep_too_but_only_on_touched_lines() -> None:
    before = pep_text(Status="Final")
    linked = before + f"\n{PEP_8}\n"
    assert finding("role-links", change(modified(before, linked))).severity is Severity.ERROR
    assert findings("role-links", change(modified(linked, linked + "\nMore.\n"))) == []
