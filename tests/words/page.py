"""One page with all that the bot writes on GitHub, to be read from top to bottom."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from bot.commands.carry_out import join_roles
from bot.commands.registry import Command, all_commands
from bot.github.write.labels import label_styles
from bot.policy.load import default_policy
from bot.review.checklist import FORMS
from bot.rules.engine.registry import Rule, all_rules
from tests.policy.reference import reference
from tests.rules.examples import IN_WORDS, findings_for_example
from tests.words.situations import Situation
from tests.words.sources import ROOT, sentences

R = TypeVar("R", Rule, Command)

_PACKAGES = ("review", "rules", "commands", "policy", "markup", "handlers", "github")


def page(shown: Iterable[Situation]) -> str:
    """The whole page, in Markdown.

    Args:
        shown: The situations it begins with.
    """
    files = [file for name in _PACKAGES for file in sorted((ROOT / "bot" / name).rglob("*.py"))]
    of_rules, of_commands = _by_file(all_rules()), _by_file(all_commands())
    parts = ["# All that the bot writes on GitHub", "## In these situations"]
    parts += _situations(shown)
    parts.append("## Rules")
    for rule_file, rules in of_rules.items():
        parts += [part for rule in rules for part in _rule(rule)]
        said = (
            text for one in rules for text in (one.doc, one.remedy, one.source, one.bad, one.good)
        )
        parts.append(_sentences(rule_file, *said))
    parts.append("## Commands")
    for command_file, commands in of_commands.items():
        parts += [part for command in commands for part in _command(command)]
        summaries = (form.summary for one in commands for form in one.forms)
        parts.append(_sentences(command_file, *(one.doc for one in commands), *summaries))
    parts += ["## Labels", _labels(), "## What editors judge", _judged()]
    parts += ["## Policy", reference().partition("## The defaults")[0].replace("\n#", "\n##")]
    parts += ["## Other texts in the code", "What is filled in stands in braces."]
    for file in files:
        if file not in of_rules and file not in of_commands and (found := _sentences(file)):
            parts += [f"### {file.relative_to(ROOT).as_posix()}", found]
    return "\n\n".join(parts) + "\n"


def _by_file(registered: Iterable[R]) -> dict[Path, list[R]]:
    found: dict[Path, list[R]] = {}
    for one in registered:
        run = one.check if isinstance(one, Rule) else one.run
        found.setdefault(ROOT / f"{run.__module__.replace('.', '/')}.py", []).append(one)
    return found


def _situations(shown: Iterable[Situation]) -> Iterator[str]:
    for one in shown:
        yield f"### {one.title}"
        if one.templates:
            names = ", ".join(name.removesuffix(".md.j2") for name in sorted(one.templates))
            yield f"(Templates: {names}.)"
        yield _quoted(one.text)


def _quoted(text: str) -> str:
    """A text as GitHub would show it, in a quotation; its markers made visible."""
    visible = re.sub(r"<!--(.*?)-->", r"`<!--\1-->`", text)
    return "\n".join(f"> {line}".rstrip() for line in visible.splitlines())


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### Rule `{rule.id}`: {rule.title}"
    yield f"{rule.severity.value.capitalize()} at most; {rule.source}."
    yield rule.doc
    yield f"Remedy: {rule.remedy}"
    if rule.id not in IN_WORDS:
        found = dict.fromkeys(
            f"- {one.severity.value}: **{one.action or '–'}** {one.message} {one.help}".rstrip()
            for one in findings_for_example(rule, rule.bad)
        )
        yield "\n".join([f"What it finds in `{rule.bad}`:".replace("\n", " / "), "", *found])
    else:
        yield f"Bad: {rule.bad}\n\nGood: {rule.good}"


def _command(command: Command) -> Iterator[str]:
    yield f"### Command `/pep {command.verb}`"
    for form in command.forms:
        who = join_roles(command.allowed(form, default_policy()))
        yield f"`{form.usage(command.verb)}`, for {who}: {form.summary}. (`/pep {form.example}`)"
    yield command.doc


def _sentences(file: Path, *elsewhere: str) -> str:
    """The texts of a file, but for those that stand elsewhere on the page."""
    return "\n".join(
        f"- {' '.join(one.split())}"
        for one in sentences(file)
        if not any(one in other for other in elsewhere)
    )


def _judged() -> str:
    return "\n".join(
        f"- {form.name}, checked: {', '.join(item.label for item in form.checked)}; "
        f"for people: {'; '.join(form.judged)}"
        for form in FORMS.values()
    )


def _labels() -> str:
    names = default_policy().labels.model_copy(
        update={
            "decision": "(decision)",
            "infrastructure": "(infrastructure)",
            "editorial": "(editorial)",
            "topics": {"Typing": "(topic)"},
        }
    )
    return "\n".join(
        f"- `{name}`: {style.description}" for name, style in label_styles(names).items()
    )
