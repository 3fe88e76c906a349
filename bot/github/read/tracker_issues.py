"""Reads issues of a council's tracker, from a webhook or a list, as submissions of PEPs."""

from datetime import datetime

from bot.github.client.client import Client
from bot.github.client.response import member, moment_at, number_at, text_at, variables
from bot.review.decision.submission import Submission, submitted_pep
from bot.review.render.issue import Issue, is_blank
from bot.review.subject import Repository


def submission_in(tracker: Repository, issue: object) -> Submission | None:
    """The submission that an issue is; None if it is none, is blank, or a program wrote it.

    Args:
        tracker: The repository of the issue.
        issue: The issue as GitHub gives it, in a webhook or in a list.
    """
    number, url = number_at(issue, "number"), text_at(issue, "html_url")
    opened_at, title = moment_at(issue, "created_at"), text_at(issue, "title")
    if number is None or url is None or opened_at is None or title is None:
        return None
    if is_pull_request(issue) or _is_by_program(issue):
        return None
    body = text_at(issue, "body") or ""
    pep = submitted_pep(title, body)
    if pep is None or is_blank(Issue(title, body, text_at(issue, "author_association") or "")):
        return None
    is_open = text_at(issue, "state") != "closed"
    return Submission(
        tracker=tracker.full_name,
        number=number,
        pep=pep,
        title=title,
        url=url,
        is_open=is_open,
        opened_at=opened_at,
        closed_at=None if is_open else moment_at(issue, "closed_at"),
        updated_at=moment_at(issue, "updated_at"),
    )


def is_pull_request(issue: object) -> bool:
    """Whether this is a pull request, which GitHub lists as an issue too."""
    return bool(member(issue, "pull_request"))


async def open_issues(client: Client, tracker: Repository) -> list[object]:
    """All open issues and pull requests of a tracker.

    Raises:
        GitHubFailure: It cannot be read.
    """
    url = "/repos/{owner}/{repo}/issues{?state}"
    return [issue async for issue in client.pages(url, variables(tracker, state="open"))]


async def issues_changed_since(
    client: Client, tracker: Repository, since: datetime
) -> list[object]:
    """All issues and pull requests that were opened, closed or commented on since a moment.

    Raises:
        GitHubFailure: It cannot be read.
    """
    url = "/repos/{owner}/{repo}/issues{?state,since}"
    place = variables(tracker, state="all", since=since.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return [issue async for issue in client.pages(url, place)]


def _is_by_program(issue: object) -> bool:
    return text_at(issue, "user", "type") == "Bot" or bool(
        member(issue, "performed_via_github_app")
    )
