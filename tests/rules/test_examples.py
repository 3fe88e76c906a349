"""Each rule speaks on its bad example, put into a sound PEP, and is silent on its good one."""

import re

import pytest

from bot.rules.registry import Rule, all_rules
from tests.rules.builders import added, change, findings, modified, pep_text

IN_WORDS = frozenset(
    {
        "codeowners",
        "copyright",
        "created",
        "file-name",
        "headings",
        "long-lines",
        "markup",
        "number",
        "others-pep",
        "policy",
        "readable",
        "relations",
        "release-schedule",
        "removed-pep",
        "resolved-edit",
        "sections",
        "several-peps",
        "sponsor",
        "sponsor-consent",
        "status-for-type",
        "status-transition",
        "title-prefix",
    }
)
"""Rules about more than some lines of one PEP, whose examples tell in words what is meant."""

_HEADER = re.compile(r"([A-Z][A-Za-z-]*):(?! :)")
SOUND = pep_text(**{"Discussions-To": "Pending"})


def with_example(example: str) -> str:
    """A sound PEP with the example: in the place of the headers it gives, or in its body."""
    lines = example.split("\n")
    given = {found[1] for line in lines if (found := _HEADER.match(line))}
    if not _HEADER.match(lines[0]):
        return SOUND.replace("Words.\n", f"Words.\n\n{example}\n")
    header, body = SOUND.split("\n\n", 1)
    kept = [(line.partition(":")[0], line) for line in header.split("\n")]
    places = [place for place, (name, _) in enumerate(kept) if name in given]
    place = places[0] if places else len(kept) - 1
    before = [line for name, line in kept[:place] if name not in given]
    after = [line for name, line in kept[place:] if name not in given]
    return "\n".join([*before, *lines, *after]) + f"\n\n{body}"


def speaks(rule: Rule, example: str) -> bool:
    """Whether the rule speaks on a new or on an edited PEP that has the example."""
    text = with_example(example)
    return any(
        findings(rule.id, change(file)) for file in (added(text), modified(SOUND, text, PATH))
    )


PATH = "peps/pep-0791.rst"
SHOWN = [rule for rule in all_rules() if rule.id not in IN_WORDS]


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_bad_example_makes_the_rule_speak(rule: Rule) -> None:
    assert speaks(rule, rule.bad)


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_good_example_keeps_the_rule_silent(rule: Rule) -> None:
    assert not speaks(rule, rule.good)


def test_the_examples_in_words_are_those_of_rules() -> None:
    assert {rule.id for rule in all_rules()} >= IN_WORDS
