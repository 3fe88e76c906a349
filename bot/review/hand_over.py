"""Links with which a prepared change becomes a pull request on GitHub."""

from urllib.parse import quote, urlencode

from bot.peps.number import PepNumber, pep_path
from bot.peps.people import Login
from bot.peps.status import Status
from bot.review.checklist_forms import DECISION, FINAL
from bot.review.subject import Repository

CHANGE_TEMPLATE = "Change an existing PEP"
"""The template of python/peps for what has none of its own."""

_GITHUB = "https://github.com"
_JUDGED = {
    Status.DRAFT: "whether somebody takes the PEP up again",
    Status.ACTIVE: "whether those who decide said so, and the PEP is never meant to be completed",
    Status.DEFERRED: "whether nobody is moving the PEP on, or those who decide put it off",
    Status.WITHDRAWN: "whether all authors want that",
    Status.SUPERSEDED: "whether the other PEP says all that still holds",
}
_DECISIONS = frozenset({Status.ACCEPTED, Status.PROVISIONAL, Status.REJECTED})


def edit_form(repository: Repository, branch: str, number: PepNumber) -> str:
    """GitHub's form in which a file is edited; who may not push gets a fork.

    Source: https://docs.github.com/en/repositories/working-with-files/managing-files/editing-files
    """
    return f"{_GITHUB}/{repository.full_name}/edit/{quote(branch, safe='/')}/{pep_path(number)}"


def new_pull_request(
    repository: Repository, base: str, head: tuple[Login, str], template: str, title: str
) -> str:
    """GitHub's form for a new pull request, with template and title filled in.

    Source: https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/proposing-changes-to-your-work-with-pull-requests/using-query-parameters-to-create-a-pull-request

    Args:
        repository: Where.
        base: The branch it is to be merged into.
        head: Whose branch it is made from, and what it is called.
        template: Which of python/peps' templates.
        title: The title.
    """
    owner, branch = head
    compared = f"{quote(base, safe='/')}...{quote(owner, safe='')}:{quote(branch, safe='/')}"
    query = {"expand": "1", "template": f"{template}.md", "title": title}
    return (
        f"{_GITHUB}/{repository.full_name}/compare/{compared}?{urlencode(query, quote_via=quote)}"
    )


def judged_for_status(status: Status) -> tuple[str, ...]:
    """What only people can judge of that change."""
    if status in _JUDGED:
        return (_JUDGED[status],)
    return (DECISION if status in _DECISIONS else FINAL).judged


def template_for_status(status: Status) -> str:
    """The template of a pull request that gives a PEP this status."""
    if status in _DECISIONS:
        return DECISION.name
    return FINAL.name if status is Status.FINAL else CHANGE_TEMPLATE
