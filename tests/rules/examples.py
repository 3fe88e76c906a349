"""Inserts the rules' examples into a PEP without problems."""

import re

from bot.rules.engine.finding import Finding
from bot.rules.engine.registry import Rule, all_rules
from tests.rules.builders import (
    added,
    change,
    context,
    delegation,
    findings,
    modified,
    pep_text,
)

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
        "open-issues",
        "others-pep",
        "ownership",
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
        "substance",
        "title-prefix",
    }
)
"""Rules about more than some lines of one PEP, whose examples are described in words."""

_HEADER = re.compile(r"([A-Z][A-Za-z-]*):(?! :)")
PATH = "peps/pep-0791.rst"
SOUND = pep_text(**{"Discussions-To": "Pending"})


APPOINTED = delegation("encukou", name="Petr Viktorin", link="https://discuss.python.org/t/1/2")
"""That the example of a delegate was appointed is on record, not in the header."""


KNOWN = context(delegations=(APPOINTED,), auxiliary=frozenset({"peps/pep-0791/diagram.svg"}))
"""What is known where the examples are."""


def with_example(example: str) -> str:
    """A valid PEP with the example, which replaces its headers or is added to its body."""
    lines = example.split("\n")
    given = {found[1] for line in lines if (found := _HEADER.match(line))}
    if not _HEADER.match(lines[0]):
        return SOUND.replace("Words.\n", f"Words.\n\n{example}\n")
    header, body = SOUND.split("\n\n", 1)
    header_lines = [(line.partition(":")[0], line) for line in header.split("\n")]
    places = [place for place, (name, _) in enumerate(header_lines) if name in given]
    place = places[0] if places else len(header_lines) - 1
    before = [line for name, line in header_lines[:place] if name not in given]
    after = [line for name, line in header_lines[place:] if name not in given]
    return "\n".join([*before, *lines, *after]) + f"\n\n{body}"


def findings_for_example(rule: Rule, example: str) -> list[Finding]:
    """The rule's findings in a new and in an edited PEP that has the example."""
    text = with_example(example)
    return [
        found
        for file in (added(text), modified(SOUND, text, PATH))
        for found in findings(rule.id, change(file), KNOWN)
    ]


RULES_WITH_EXAMPLES = [rule for rule in all_rules() if rule.id not in IN_WORDS]
