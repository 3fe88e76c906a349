"""Which texts of a pull request docutils is asked about, and when that ends."""

from bot.github.read.pull_request_change import MOST_CHARACTERS, MOST_TEXTS, parse_change
from bot.peps.change import Change, Markup
from bot.policy.model import Policy, RuleSetting
from tests.rules.builders import added, change, pep_text

ODD = Markup(incomplete_reason="odd")


class Source:
    """Says what is written, and remembers what it was asked."""

    def __init__(self, results: dict[str, Markup] | None = None) -> None:
        self.results = results or {}
        self.asked: list[str] = []

    async def read(self, text: str) -> Markup:
        self.asked.append(text)
        return self.results.get(text, Markup())


def peps(count: int, size: int = 0) -> Change:
    return change(
        *(added(pep_text(n) + "x" * size, f"peps/pep-{n:04}.rst") for n in range(700, 700 + count))
    )


async def test_every_pep_is_asked_about() -> None:
    source = Source()
    marked = await parse_change(peps(MOST_TEXTS), Policy(), source)
    assert len(source.asked) == MOST_TEXTS
    assert {file.markup for file in marked.files} == {Markup()}


async def test_nothing_is_asked_where_the_rule_is_off_or_the_change_is_huge() -> None:
    source = Source()
    off = Policy(rules={"markup": RuleSetting.OFF})
    for the_change, policy in (
        (peps(1), off),
        (peps(MOST_TEXTS + 1), Policy()),
        (peps(2, MOST_CHARACTERS // 2), Policy()),
    ):
        assert await parse_change(the_change, policy, source) is the_change
    assert source.asked == []


async def test_a_text_that_cannot_be_read_is_the_last() -> None:
    source = Source({pep_text(701): ODD})
    marked = await parse_change(peps(4), Policy(), source)
    assert source.asked == [pep_text(700), pep_text(701)]
    assert [file.markup for file in marked.files] == [Markup(), ODD, None, None]
