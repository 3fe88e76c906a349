"""`check`: runs the rules without a server.

Exit code 0: no error was found; 1: there are errors; 2: the command could not run.
Reports go to stdout, everything else to stderr.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import click

from bot.cli import fail
from bot.offline.check import (
    CheckRequest,
    check_and_fix,
    perform_check,
    read_core_team,
    render_deciders,
)
from bot.offline.local_change import LocalChange, PullRequestInfo
from bot.offline.report import (
    failure_line,
    json_line,
    summary_line,
    text_report,
    workflow_command,
)
from bot.offline.request import (
    CannotRun,
    account_name,
    claimed_option,
    repo_option,
    write_whatever_comes,
)
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.rules.engine.finding import Finding, safe_code
from bot.rules.engine.registry import all_rules
from bot.sanitize import for_terminal


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@repo_option
@click.option("--base", metavar="REV", help="Check what changed since the branch left this commit.")
@click.option("--head", metavar="REV", help="Where the change ends; by default the working tree.")
@click.option("--title", default="", help="The pull request's title.")
@click.option("--author", metavar="LOGIN", type=account_name, help="Who opens the pull request.")
@click.option(
    "--core-team",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="The core team list (core-team.csv of python/devguide).",
)
@claimed_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="The output format; `github` writes annotations for a workflow run.",
)
@click.option(
    "--rule", "rules", metavar="ID", multiple=True, help="Run only this rule; can be repeated."
)
@click.option("--fix", is_flag=True, help="Fix what is mechanical in your files.")
@click.option(
    "--no-cache", is_flag=True, help="Parse every text, even if a result is in the cache."
)
def check(
    *,
    paths: tuple[str, ...],
    repo: Path,
    base: str | None,
    head: str | None,
    title: str,
    author: Login | None,
    core_team: Path | None,
    claimed: frozenset[PepNumber] | None,
    form: str,
    rules: tuple[str, ...],
    fix: bool,
    no_cache: bool,
) -> None:
    """Check a clone by the rules, without a server.

    With --base, check what a pull request from this branch would change; without it, check the
    files as they are. With PATHs, show only findings on these files and folders. For a new PEP,
    also show who decides on it.
    """
    write_whatever_comes()
    if head is not None and base is None:
        raise click.UsageError("--head needs --base.")
    if head is not None and fix:
        raise click.UsageError("--fix changes the working tree, so it cannot be used with --head.")
    try:
        ids = _rule_ids(rules)
        team = read_core_team(core_team) if core_team is not None else None
        request = CheckRequest(
            repo=repo,
            paths=paths,
            base=base,
            head=head,
            pull_request=PullRequestInfo(title, author),
            rules=ids,
            core_team=team,
            claimed=claimed,
            use_cache=not no_cache,
        )
        result, fixed = check_and_fix(request) if fix else (perform_check(request), ())
    except CannotRun as cannot:
        fail(cannot)
    for one in fixed:
        click.echo(f"Fixed {for_terminal(one.path)}: {', '.join(one.rules)}.", err=True)
    _report(result.findings, result.local_change, form)
    if form == "text" and ids is None:
        for line in render_deciders(result):
            click.echo(line, err=True)
    for failure in result.verdict.failures:
        line = failure_line(failure, result.local_change.change, result.snapshot.context)
        click.echo(line, err=True)
    if any(finding.severity.value == "error" for finding in result.findings):
        sys.exit(1)
    # Without the findings of those rules, nobody can tell that there is no error.
    sys.exit(2 if result.verdict.failures else 0)


def _rule_ids(arguments: Sequence[str]) -> frozenset[str] | None:
    known = sorted(rule.id for rule in all_rules())
    ids = [word.strip() for words in arguments for word in words.split(",")]
    for unknown in (word for word in ids if word not in known):
        close = get_close_matches(unknown[:60], known, n=1, cutoff=0.4)
        hint = f"did you mean {close[0]}?" if close else f"the rules are {', '.join(known)}."
        raise CannotRun(f"There is no rule {safe_code(unknown)}; {hint}")
    return frozenset(ids) or None


def _report(findings: Sequence[Finding], local_change: LocalChange, form: str) -> None:
    """Print findings to stdout, and everything else to stderr."""
    for note in local_change.notes:
        click.echo(note, err=True)
    if form == "json":
        lines = [json_line(finding) for finding in findings]
    elif form == "github":
        titles = {rule.id: rule.title for rule in all_rules()}
        lines = [workflow_command(finding, titles[finding.rule]) for finding in findings]
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        links = {rule.id: rule.link for rule in all_rules()}
        lines = list(text_report(findings, local_change.change, width=width, links=links))
    # Color only on a terminal (click finds out), and not if it is unwanted (no-color.org).
    colour = False if os.environ.get("NO_COLOR") else None
    for line in lines:
        click.echo(line, color=colour)
    click.echo(summary_line(findings, len(local_change.change.files)), err=True)
