"""The comments that docs/author.md quotes are what the bot writes, word for word."""

import re
from pathlib import Path

from bot.peps.people import CoreTeamMember, Login
from bot.review.snapshot import Snapshot
from bot.rules.engine.context import ActKind
from tests.builders import (
    comment_text,
    label_names,
    new_pep,
    review_context,
    snapshot,
    wanted,
)
from tests.rules.builders import OWNERS_BEFORE, act, ledger, owners_with, pep_text, team

PAGE = Path(__file__).resolve().parents[1] / "docs" / "author.md"
ADA = CoreTeamMember("Ada Merritt", Login("ada"), None, None)
AGREEMENT = act(ActKind.CONSENT, "ada")
LEDGER = ledger(range(700, 842), claims={})


def samples() -> list[list[str]]:
    """The text of each quotation; those of the thread below them are the bot's replies."""
    page = PAGE.read_text(encoding="utf-8").partition("<!-- thread -->")[0]
    quoted = re.findall(r"(?:^>.*\n)+", page, re.MULTILINE)
    return [re.sub(r"^> ?", "", one, flags=re.MULTILINE).split() for one in quoted]


def written(the_snapshot: Snapshot) -> list[str]:
    """The text of the comment without the editor's fold; an agreement's link leads nowhere."""
    text = re.sub(r"<!--.*?-->", "", comment_text(the_snapshot).partition("<details>")[0])
    return text.replace(AGREEMENT.url, "#how-a-sponsor-agrees").split()


def first_draft() -> Snapshot:
    """A placeholder for a number, and no sponsor."""
    text = pep_text(9999, Sponsor=None, **{"Discussions-To": "Pending"})
    change = new_pep(text, path="peps/pep-9999.rst", owners=OWNERS_BEFORE, title="A calmer way")
    return snapshot(change, context=review_context(numbers=LEDGER, core_team=team(ADA)))


def some_days_later() -> Snapshot:
    """The number is taken, and the sponsor has agreed."""
    text = pep_text(
        842, Sponsor="Ada Merritt <ada@python.example>", **{"Discussions-To": "Pending"}
    )
    path = "peps/pep-0842.rst"
    line = f"{path}  @ada"
    change = new_pep(
        text, path=path, owners=owners_with(line, after_line=5), title="PEP 842: A calmer way"
    )
    context = review_context(numbers=LEDGER, core_team=team(ADA), acts=(AGREEMENT,))
    return snapshot(change, context=context)


def test_the_first_comment_is_the_bots_own() -> None:
    assert samples()[0] == written(first_draft())


def test_the_labels_and_the_conclusion_below_it_are_the_bots_own() -> None:
    (told,) = re.findall(r"^Labels: (.*); check run: \*(\w+)\*", PAGE.read_text(), re.MULTILINE)
    labels, conclusion = told
    check_run = wanted(first_draft()).check_run
    assert check_run is not None
    assert set(re.findall(r"`([^`]+)`", labels)) == label_names(first_draft())
    assert conclusion == check_run.conclusion


def test_the_comment_some_days_later_is_the_bots_own() -> None:
    assert samples()[1] == written(some_days_later())
    assert len(samples()) == 2
