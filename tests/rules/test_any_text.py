"""For any text, no rule raises, and every finding has a place in the file it is about.

No rule takes long either, however repetitive the text is.
"""

from hypothesis import given
from hypothesis import strategies as st

from bot.markup.process import read_within_limits
from bot.peps.change import Change
from bot.peps.headers import ORDER
from bot.rules.document.markup import texts_to_parse, with_markup
from bot.rules.engine.registry import run_rules
from tests.processor_time import processor_seconds_below
from tests.rules.builders import added, change, context, modified

PIECES = (
    *(f"{name}:" for name in ORDER),
    *("Abstract", "Copyright", "Specification", "=====", "-----", "~", "::", "..", "``", "`", "|"),
    *(".. code-block:: x", ".. canonical-doc: a", ".. note: b", ".. release schedule: feature"),
    *("<a@b>", "Vera Core", "Draft", "Final", "Standards Track", "12-May-2025", "791", "0791"),
    *("https://peps.python.org/pep-8/", "https://discuss.python.org/t/1/2", "Pending", "TBD"),
    *("\u202e", "\ufeff", "\t", "\r", "\0", "\x1b[31m", "x" * 130, "٣", "\u0430bc"),
)
WORDS = st.one_of(st.sampled_from(PIECES), st.text(max_size=12))
LINES = st.lists(WORDS, max_size=4).map(" ".join)
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


def check_findings(the_change: Change, text: str) -> None:
    lines = len(text.split("\n"))
    the_change = with_markup(
        the_change,
        {path: read_within_limits(pep) for path, pep in texts_to_parse(the_change).items()},
    )
    for found in run_rules(the_change, context()):
        assert found.message
        assert "\x1b" not in found.message + found.help
        if found.line is not None and found.path is not None and found.path.startswith("peps/"):
            assert 1 <= found.line <= max(lines, 1), found
        if found.fix is not None:
            assert 1 <= found.fix.first_line <= found.fix.last_line + 1 <= lines + 1, found


@given(TEXTS)
def test_a_new_pep_may_be_any_text(text: str) -> None:
    check_findings(change(added(text)), text)


@given(TEXTS, TEXTS)
def test_any_text_may_become_any_other(before: str, after: str) -> None:
    check_findings(change(modified(before, after, "peps/pep-0758.rst")), after)


HUNDRED_KILOBYTES = 100_000
REPEATED = st.tuples(
    st.sampled_from(
        ("", "PEP: 791\n", "PEP: 791\nAuthor: ", "PEP: 791\n\n", "PEP: 791\n\n::\n\n ")
    ),
    st.lists(WORDS, min_size=1, max_size=3).map("".join).filter(bool),
    st.sampled_from(("", " ", ", ", "\n", "\n\n", "\n  ")),
)


@given(REPEATED)
def test_no_repetition_keeps_the_rules_busy(parts: tuple[str, str, str]) -> None:
    """All rules together take less than a second of processor time for 100 kB."""
    begin, word, between = parts
    times = HUNDRED_KILOBYTES // len(word + between)
    text = begin + (word + between) * times
    for the_change in (change(added(text)), change(modified(text[: len(text) // 2], text))):
        with processor_seconds_below(1):
            run_rules(the_change, context())
