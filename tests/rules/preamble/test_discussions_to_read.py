"""The rule on `Discussions-To` when the thread's title was read (`[discourse]`)."""

from bot.peps.forum import Forum
from bot.rules.engine.finding import Finding, Severity
from tests.rules.builders import added, change, context, findings, pep_text

THREAD = "https://discuss.python.org/t/calm/5"


def title_findings(
    title: str, number: int = 791, pep_title: str = "Calmer queues"
) -> list[Finding]:
    text = pep_text(number, Title=pep_title, **{"Discussions-To": THREAD})
    file = added(text, f"peps/pep-{number:04}.rst")
    return findings("discussions-to", change(file), context(forum=Forum(titles={5: title})))


def test_a_title_that_sounds_like_another_matter_is_worth_a_question() -> None:
    (found,) = title_findings("Favourite `editors` @ada <b>")
    assert found.severity is Severity.NOTICE
    assert found.message == "Is this the right thread? Its title is `Favourite 'editors' @ada <b>`."


def test_a_number_or_a_word_of_the_title_settles_it() -> None:
    assert title_findings("PEP 791 discussion") == []
    assert title_findings("Calm down the queues") == []


def test_a_placeholder_is_no_number() -> None:
    assert title_findings("PEP 9999 discussion", number=9999) != []
