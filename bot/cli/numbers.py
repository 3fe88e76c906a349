"""`numbers`: prints the next PEP number and why, without a server."""

from pathlib import Path

import click

from bot.cli import fail
from bot.offline.files import Files, open_folder, policy_of, published_numbers
from bot.offline.git import open_repository
from bot.offline.git_files import CommitFiles
from bot.offline.numbers import (
    KnownNumbers,
    known_numbers,
    numbers_json,
    numbers_report,
    numbers_text,
)
from bot.offline.request import CannotRun, claimed_option, repo_option, write_whatever_comes
from bot.peps.number import PepNumber


@click.command()
@repo_option
@click.option(
    "--rev", metavar="REV", help="The commit whose PEPs count; by default the working tree."
)
@claimed_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The output format.",
)
@click.option(
    "--store",
    metavar="URL",
    help="The DATABASE_URL of a running bot, for its claimed and reserved numbers.",
)
@click.option(
    "--repository", metavar="OWNER/NAME", help="Which repository, if the store has several."
)
def numbers(
    *,
    repo: Path,
    rev: str | None,
    claimed: frozenset[PepNumber] | None,
    form: str,
    store: str | None,
    repository: str | None,
) -> None:
    """Show the next PEP number, and why."""
    write_whatever_comes()
    try:
        files: Files
        if rev is None:
            files = open_folder(repo)
        else:
            git = open_repository(repo)
            files = CommitFiles(git, git.commit(rev))
        known = known_numbers(store, repository) if store else KnownNumbers()
        all_claims = claimed if known.claims is None else known.claims | (claimed or frozenset())
        report = numbers_report(
            published_numbers(files), policy_of(files), all_claims, known.reservations
        )
    except CannotRun as cannot:
        fail(cannot)
    click.echo(numbers_json(report) if form == "json" else numbers_text(report))
