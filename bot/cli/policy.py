"""`policy check`: checks a repository's policy before it is committed."""

import sys
from pathlib import Path

import click

from bot.cli import fail
from bot.policy.load import POLICY_PATH, PolicyInvalid, parse_policy
from bot.rules.engine.registry import rule_ids
from bot.sanitize import for_terminal


@click.group()
def policy() -> None:
    """Check the policy of a repository."""


@policy.command()
@click.argument("file", type=click.Path(path_type=Path), default=Path(POLICY_PATH))
def check(*, file: Path) -> None:
    """Check the policy in FILE, by default .github/pep-bot.toml; say what to fix, and where."""
    try:
        parse_policy(file.read_text("utf-8"), rules=rule_ids())
    except PolicyInvalid as invalid:
        for problem in invalid.problems:
            place = f"{file}:{problem.line}" if problem.line else str(file)
            key = f"{problem.key}: " if problem.key else ""
            click.echo(for_terminal(f"{place}: {key}{problem.message}"))
        sys.exit(1)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        fail(f"{file} cannot be read: {reason}")
    click.echo(f"{file}: nothing to fix")
