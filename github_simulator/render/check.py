"""Check runs, check suites and annotations as JSON."""

from collections.abc import Sequence
from urllib.parse import quote

from github_simulator.model.checks import CheckAnnotation, CheckRun, CheckSuite
from github_simulator.model.repository import Issue, Repository
from github_simulator.render import account as render_account
from github_simulator.render import git as render_git
from github_simulator.render import repository as render_repository
from github_simulator.render.context import RenderContext
from github_simulator.wire import JsonObject, node_id, optional_timestamp, timestamp


def pulls_of(repository: Repository, head_sha: str) -> list[Issue]:
    """The open pull requests a check names: those with that head, and never those of forks.

    Source: https://docs.github.com/rest/checks/runs, note on `pull_requests` and forks.
    """
    return [
        issue
        for issue in repository.issues.values()
        if issue.pull is not None
        and issue.state == "open"
        and issue.pull.head_sha == head_sha
        and issue.pull.head_repository is repository
    ]


def _pull_mentions(
    context: RenderContext, repository: Repository, head_sha: str
) -> list[JsonObject]:
    url = render_repository.api_url(context, repository)
    repo = {"id": repository.id, "url": url, "name": repository.name}
    return [
        {
            "url": f"{url}/pulls/{issue.number}",
            "id": issue.pull.id,
            "number": issue.number,
            "head": {"ref": issue.pull.head_ref, "sha": issue.pull.head_sha, "repo": repo},
            "base": {"ref": issue.pull.base_ref, "sha": issue.pull.base_sha, "repo": repo},
        }
        for issue in pulls_of(repository, head_sha)
        if issue.pull is not None
    ]


def run(context: RenderContext, repository: Repository, run: CheckRun) -> JsonObject:
    """A check run as REST has it."""
    url = f"{render_repository.api_url(context, repository)}/check-runs/{run.id}"
    page = f"{render_repository.html_url(context, repository)}/runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CheckRun", run.id),
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": page,
        "details_url": run.details_url or page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": timestamp(run.started_at),
        "completed_at": optional_timestamp(run.completed_at),
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.suite.id},
        "app": render_account.app(context, run.app),
        "pull_requests": _pull_mentions(context, repository, run.head_sha),
    }


def run_in_webhook(context: RenderContext, repository: Repository, check: CheckRun) -> JsonObject:
    """A check run as webhooks carry it: with its suite in full."""
    return {
        **run(context, repository, check),
        "check_suite": {**_suite(context, repository, check.suite)},
    }


def _suite(context: RenderContext, repository: Repository, suite: CheckSuite) -> JsonObject:
    return {
        "id": suite.id,
        "node_id": node_id("CheckSuite", suite.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "url": f"{render_repository.api_url(context, repository)}/check-suites/{suite.id}",
        "before": suite.before,
        "after": suite.head_sha,
        "pull_requests": _pull_mentions(context, repository, suite.head_sha),
        "app": render_account.app(context, suite.app),
        "created_at": timestamp(suite.created_at),
        "updated_at": timestamp(suite.updated_at),
    }


def suite(context: RenderContext, repository: Repository, suite: CheckSuite) -> JsonObject:
    """A check suite in full."""
    body = _suite(context, repository, suite)
    commit = context.git.commit(suite.head_sha)
    if commit is None:
        raise ValueError(f"check suite of an unknown commit {suite.head_sha}")
    return {
        **body,
        "rerequestable": True,
        "runs_rerequestable": True,
        "latest_check_runs_count": len(suite.runs),
        "check_runs_url": f"{body['url']}/check-runs",
        "head_commit": render_git.commit_summary(commit),
    }


def annotations(
    context: RenderContext, repository: Repository, run: CheckRun, found: Sequence[CheckAnnotation]
) -> list[JsonObject]:
    """Annotations of a check run."""
    page = f"{render_repository.html_url(context, repository)}/blob/{run.head_sha}"
    return [
        {
            "path": each.path,
            "blob_href": f"{page}/{quote(each.path)}",
            "start_line": each.start_line,
            "start_column": each.start_column,
            "end_line": each.end_line,
            "end_column": each.end_column,
            "annotation_level": each.level,
            "title": each.title,
            "message": each.message,
            "raw_details": each.raw_details,
        }
        for each in found
    ]
