"""Issues that submit a PEP, told from those that only talk of some."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.number import PepNumber
from bot.review.decision.submission import is_form_unfilled, submitted_pep

FORM = """\
<!-- Fill in the blanks: -->
Please consider PEP {number} -- {title}
https://peps.python.org/pep-{page}/

* [x] Discussed where its header says
* [ ] Its owners have an entry in CODEOWNERS

For some topics:
* [ ] Typing: the recommendation of those who give one
"""

AS_IT_WAS = FORM.format(number="xxx", title="<PEP title here>", page="xxxx")


@pytest.mark.parametrize(
    ("title", "pep"),
    [
        ("PEP 750 -- Template Strings", 750),
        ("PEP 703 – Making the Global Interpreter Lock Optional in CPython", 703),
        ("PEP 649 — Deferred Evaluation Of Annotations", 649),
        ("PEP 750: Template Strings", 750),
        ("PEP 0750 - Template Strings", 750),
        ("PEP-750: Template Strings", 750),
        ("pep 684: a per-interpreter GIL", 684),
        ("PEP 684", 684),
        ("PEP 654 (Exception Groups)", 654),
        ("PEP 741, Python Configuration C API", 741),
        ("PEP 758. Allow except without parentheses", 758),
        ("[PEP] PEP 734: Multiple interpreters in the stdlib", 734),
        ("PEP submission: PEP 734 -- Multiple interpreters", 734),
        ("Resubmission: PEP 690 -- Lazy imports", 690),
        ("Please pronounce on PEP 649", 649),
        ("Pronouncement on PEP 649: deferred evaluation", 649),
        ("Please consider PEP 684", 684),
        ("Request for pronouncement on PEP 667", 667),
        ("Requesting a decision on PEP 667 - consistent views of namespaces", 667),
        ("Request review of PEP 701", 701),
        ("Accept PEP 703", 703),
        ("Submitting PEP 810: explicit lazy imports", 810),
        ("Submission of PEP 810", 810),
        ("  PEP 8107: 2026 election  ", 8107),
        ('Submission for SC consideration: PEP 612 "Parameter Specification Variables"', 612),
        ("PEP 749 -- Implementing PEP 649", 749),
    ],
)
def test_titles_that_submit_a_pep(title: str, pep: int) -> None:
    assert submitted_pep(title, "") == pep
    assert submitted_pep(title, AS_IT_WAS) == pep


@pytest.mark.parametrize(
    "title",
    [
        "",
        "PEP",
        "PEP NNN -- Title",
        "PEP xxx -- <PEP title here>",
        "PEP 13 vote",
        "PEP 649 update",
        "PEP 578: Request for delegate",
        "PEP 554: request for BDFL-delegate",
        "PEP-Delegate notification for PEP 676",
        "PEP 649: amend the wording",
        "PEP 0: the index",
        "PEP 12345: too long",
        "PEP 3.14: no number",
        "PEP 649 and PEP 563: which one?",
        "PEP 649: is it still wanted?",
        "Can PEP 649 be accepted before 3.14?",
        "PEPs 649, 749: annotations",
        "PEP 649/749: annotations",
        "PEP 649, 749: annotations",
        "PEP 649 & 749",
        "PEP 649 (instead of PEP 563)",
        "Pronounce on PEP 649, not on PEP 563",
        "PEP 649 and PEP 563: annotations",
        "What happened to PEP 690",
        "Reject PEP 703",
        "Please reconsider PEP 572",
        "Please consider PEP 13 amendments by email",
        "Discuss PEP 703's rollout with the release managers",
        "Office hours and PEP 703",
        "Please give me a number for my PEP",
        "Pepper 649: soup",
        "hello",
        "750",
    ],
)
def test_titles_that_only_talk_of_peps_or_of_none(title: str) -> None:
    assert submitted_pep(title, "") is None
    assert submitted_pep(title, "See https://peps.python.org/pep-0750/ and PEP 750.") is None
    assert submitted_pep(title, AS_IT_WAS) is None


@pytest.mark.parametrize(
    ("title", "body", "pep"),
    [
        ("PEP NNN -- Title", FORM.format(number="750", title="Title", page="xxxx"), 750),
        ("PEP NNN -- Title", FORM.format(number="xxx", title="Title", page="0750"), 750),
        ("Template strings", FORM.format(number="750", title="Template Strings", page="0750"), 750),
        ("PEP 750 Template strings", FORM.format(number="750", title="T", page="0750"), 750),
        ("PEP 750, 501: strings", FORM.format(number="750", title="T", page="0750"), 750),
        ("Strings", "Please consider PEP 750 -- T / https://peps.python.org/pep-0750/", 750),
        ("Strings", "Please consider https://peps.python.org/pep-0750", 750),
        ("Strings", "Please consider [PEP 750](https://peps.python.org/pep-0750/)", 750),
        ("Strings", "\n\n> please  consider PEP-0750", 750),
        ("Forms", "Please consider **PEP 747 -- Annotating Type Forms**", 747),
        (
            "PEP 696 Type defaults",
            "Please consider PEP 696\nhttps://peps.python.org/pep-0696/",
            696,
        ),
        ("Strings", "Please consider PEP 501\nhttps://www.python.org/dev/peps/pep-0501/", 501),
        ("Strings", "<!-- Please consider PEP 1 -->\nPlease consider PEP 750", 750),
        ("PEP 750: Strings", "Please consider PEP 750 -- T\nhttps://peps.python.org/pep-0501", 750),
        # What form and title say differs, so that nobody can tell.
        ("PEP 749: Annotations", FORM.format(number="649", title="T", page="0649"), None),
        ("Strings", FORM.format(number="750", title="T", page="0501"), None),
        # Not the form's first words.
        ("Strings", "Hello,\n\nPlease consider PEP 750", None),
        ("Strings", "https://peps.python.org/pep-0008/ says so", None),
        ("Strings", "Please consider what PEP 750 did", None),
        ("Strings", "Please consider https://peps.python.org/pep-0000/", None),
        ("Strings", "Please consider PEP 750" + "0" * 40, None),
        ("Strings", "<!-- Please consider PEP 750", None),
    ],
)
def test_the_first_words_of_the_form_count_whatever_the_title(
    title: str, body: str, pep: int | None
) -> None:
    assert submitted_pep(title, body) == pep


@pytest.mark.parametrize(
    ("title", "body", "unfilled"),
    [
        ("PEP xxx -- <PEP title here>", AS_IT_WAS, True),
        ("Hello", AS_IT_WAS, True),
        ("PEP 750 -- Template Strings", AS_IT_WAS, False),
        ("PEP NNN -- Title", FORM.format(number="750", title="T", page="0750"), False),
        ("Hello", "Please consider my wish", False),
        ("Hello", "", False),
    ],
)
def test_the_form_as_it_was_given_out_submits_nothing(
    title: str, body: str, unfilled: bool
) -> None:
    assert is_form_unfilled(title, body) is unfilled


def test_a_body_of_any_length_is_read_up_to_a_limit() -> None:
    assert submitted_pep("Strings", " " * 3_000_000 + "Please consider PEP 750") is None
    assert submitted_pep("PEP 750: " + "PEP 1 " * 1_000_000, "<!--" * 500_000) == 750


@given(st.integers(1, 9999), st.sampled_from([": ", " -- ", " – ", " - "]), st.text())
def test_a_heading_of_the_form_names_its_pep_or_none(number: int, dash: str, words: str) -> None:
    assert submitted_pep(f"PEP {number}{dash}{words}", "") in (number, None)
    assert submitted_pep(f"PEP {number}{dash}{words.replace('P', '')}x", "") in (number, None)


@given(st.integers(1, 9999), st.from_regex(r"[A-Za-z ,'-]{0,80}", fullmatch=True))
def test_the_prefilled_form_is_always_known(number: int, words: str) -> None:
    if "pep" in words.lower():
        words = ""
    body = FORM.format(number=number, title=words, page=f"{number:04}")
    assert submitted_pep(f"PEP {number} -- {words}", "") == number
    assert submitted_pep(f"PEP {number} -- {words}", body) == number


@given(st.text(), st.text())
def test_no_issue_whatever_it_says_is_too_much(title: str, body: str) -> None:
    pep = submitted_pep(title, body)
    assert pep is None or 0 < pep < 10_000


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from([" and ", ", ", " vs. ", "/"]))
def test_two_peps_are_none(one: int, other: int, between: str) -> None:
    expected = PepNumber(one) if one == other else None
    assert submitted_pep(f"PEP {one}{between}PEP {other}", "") in (expected, None)
