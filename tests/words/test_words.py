"""The page with all words leaves nothing out."""

from functools import cache

import pytest

from bot.commands.registry import all_commands
from bot.github.write.labels import label_styles
from bot.policy.load import default_policy
from bot.rules.engine.registry import all_rules
from tests.words.page import page
from tests.words.situations import Situation, situations
from tests.words.sources import ROOT, sentences

TEMPLATES = ROOT / "bot" / "review" / "render" / "templates"


@cache
def whole_page() -> str:
    return page(shown())


@cache
def shown() -> tuple[Situation, ...]:
    return tuple(situations())


def test_every_template_is_used_in_a_situation() -> None:
    used = {template for one in shown() for template in one.templates}
    assert used == {file.name for file in TEMPLATES.glob("*.j2")}


def test_every_situation_has_a_name_of_its_own_and_a_text() -> None:
    assert len({one.title for one in shown()}) == len(shown())
    assert [one.title for one in shown() if not one.text] == []


def test_every_rule_command_and_label_is_on_it() -> None:
    headings = {line for line in whole_page().splitlines() if line.startswith("### ")}
    assert {f"### Rule `{rule.id}`: {rule.title}" for rule in all_rules()} <= headings
    assert {f"### Command `/pep {command.verb}`" for command in all_commands()} <= headings
    for name, style in label_styles(default_policy().labels).items():
        assert f"- `{name}`: {style.description}\n" in whole_page()


def paragraphs(text: str) -> list[str]:
    """Paragraphs on one line each, without the marks of a quotation."""
    lines = [line.removeprefix(">").removeprefix(" ") for line in text.splitlines()]
    return [" ".join(part.split()) for part in "\n".join(lines).split("\n\n") if part.strip()]


def test_the_new_words_on_the_page_that_compares_them_are_todays() -> None:
    compared = (ROOT / "docs" / "old-and-new-words.md").read_text(encoding="utf-8")
    _, *situations_there = compared.split("\nNow:\n")
    today = " ".join(whole_page().replace("\n>", "\n").split())
    quoted = [one for part in situations_there for one in paragraphs(part.partition("\n## ")[0])]
    assert len(situations_there) == 10
    assert [one for one in quoted if one not in today] == []


def test_it_is_the_same_each_time() -> None:
    assert tuple(situations()) == shown()


def test_descriptions_of_labels_are_as_short_as_github_asks() -> None:
    names = default_policy().labels.model_copy(update={"topics": {"Typing": "typing"}})
    assert [one for one in label_styles(names).values() if len(one.description) > 100] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('x = f"The number {n} is not free."', ["The number {n} is not free."]),
        ('def f():\n    """This is a docstring here."""', []),
        ('log.info("label is already gone")', []),
        ('x = "peps/pep-0791.rst"', []),
    ],
)
def test_sentences_are_told_from_other_text(
    source: str, found: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("source") / "module.py"
    file.write_text(source, encoding="utf-8")
    assert list(sentences(file)) == found
