"""How ready a PEP is, in words."""

from bot.review.readiness import Answer, Readiness
from bot.review.submission_told import submitted_in_markdown
from bot.review.way_told import way_in_markdown
from bot.review.wording import page

_SPONSORS = "**May sponsor:"
"""Sponsors are found long before."""


def readiness_told(found: Readiness, status: str) -> str:
    """What is missing first, then what is in order and what is people's, then where to go.

    Args:
        found: How ready it is.
        status: Its status as the header has it.
    """
    return page(
        "readiness",
        number=found.number,
        way=found.way,
        status=status,
        is_asked=bool(found.items),
        missing=found.answered(Answer.NO),
        people=found.answered(Answer.PEOPLE),
        in_order=found.answered(Answer.YES),
        form=found.form,
        council=found.council,
        handed=[submitted_in_markdown(one, awaits_decision=True) for one in found.handed],
        told=[one for one in way_in_markdown(found.way) if not one.startswith(_SPONSORS)],
    ).strip()
