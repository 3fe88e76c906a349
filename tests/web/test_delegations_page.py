"""Which delegations the page lists."""

from datetime import date

from bot.peps.number import PepNumber
from bot.review.published_peps import published_from_text
from bot.web.delegations_page import all_delegations
from tests.builders import NOW
from tests.rules.builders import TODAY, delegation, pep_text, policy


def test_delegations_end_with_the_decision_and_headers_alone_are_told_apart() -> None:
    resolution = "`10-May-2025 <https://discuss.python.org/t/66453/63>`__"
    texts = {
        750: pep_text(750, Status="Accepted", Resolution=resolution),
        751: pep_text(751, Status="Final", **{"PEP-Delegate": "Dora Stranger, Paula Packaging"}),
        752: pep_text(752, Topic="Packaging", **{"PEP-Delegate": "Paula Packaging"}),
        753: pep_text(753, **{"PEP-Delegate": "Dora Stranger"}),
        754: pep_text(754, **{"PEP-Delegate": "Dora Stranger"}),
        755: pep_text(755, **{"PEP-Delegate": "TBD"}),
    }
    register = {
        PepNumber(number): published_from_text(PepNumber(number), "b", text, NOW)
        for number, text in texts.items()
    }
    link = "https://github.com/python/steering-council/issues/259"
    recorded = (
        delegation("dora", 753, name="Dora Stranger", link=link),
        delegation("wim", 750, link=link),
        delegation("wim", 790),
    )
    found = all_delegations(policy(), register, recorded, TODAY)
    assert [one.pep for one in found.recorded] == [750, 753, 790]
    assert found.named == {751: ("Dora Stranger", "Paula Packaging"), 754: ("Dora Stranger",)}
    assert found.decided == {750: date(2025, 5, 10), 751: None}
