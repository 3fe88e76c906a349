"""Pull requests, their files, reviews and review comments as JSON."""

from urllib.parse import quote

from github_simulator.model.diff import FileChange, changes_between
from github_simulator.model.repository import Issue, PullRequest, Repository, Review, ReviewComment
from github_simulator.render import account as render_account
from github_simulator.render import issue as render_issue
from github_simulator.render import repository as render_repository
from github_simulator.render.context import RenderContext
from github_simulator.wire import JsonObject, node_id, optional_timestamp, timestamp


def pull_of(issue: Issue) -> PullRequest:
    """The pull request behind an issue.

    Raises:
        ValueError: It is an issue only.
    """
    if issue.pull is None:
        raise ValueError(f"#{issue.number} is an issue, not a pull request")
    return issue.pull


def changed_files(context: RenderContext, issue: Issue) -> tuple[FileChange, ...]:
    """What a pull request changes since it left its base."""
    pull = pull_of(issue)
    base = context.git.merge_base(base_tip(issue), pull.head_sha) or pull.base_sha
    return changes_between(context.git, base, pull.head_sha)


def base_tip(issue: Issue) -> str:
    """The tip of the base branch; where the pull request left it, once it is merged."""
    pull = pull_of(issue)
    if pull.merged_at is not None:
        return pull.base_sha
    return issue.repository.branches.get(pull.base_ref, pull.base_sha)


def simple(context: RenderContext, issue: Issue) -> JsonObject:
    """A pull request as lists carry it."""
    pull = pull_of(issue)
    base = render_repository.api_url(context, issue.repository)
    url = f"{base}/pulls/{issue.number}"
    issue_url = f"{base}/issues/{issue.number}"
    page = render_issue.page_url(context, issue)
    statuses = f"{base}/statuses/{pull.head_sha}"
    links = {
        "self": url,
        "html": page,
        "issue": issue_url,
        "comments": f"{issue_url}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{base}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": statuses,
    }
    return {
        "url": url,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue_url,
        "number": issue.number,
        "state": issue.state,
        "locked": issue.locked,
        "title": issue.title,
        "user": render_account.user(context, issue.author),
        "body": issue.body,
        "created_at": timestamp(issue.created_at),
        "updated_at": timestamp(issue.updated_at),
        "closed_at": optional_timestamp(issue.closed_at),
        "merged_at": optional_timestamp(pull.merged_at),
        "merge_commit_sha": pull.merge_commit,
        "assignee": render_account.user(context, issue.assignees[0]) if issue.assignees else None,
        "assignees": [render_account.user(context, each) for each in issue.assignees],
        "requested_reviewers": [
            render_account.user(context, each) for each in pull.requested_reviewers
        ],
        "requested_teams": [],
        "labels": [render_issue.label(context, issue.repository, each) for each in issue.labels],
        "milestone": None,
        "draft": pull.draft,
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{base}/pulls/comments{{/number}}",
        "comments_url": f"{issue_url}/comments",
        "statuses_url": statuses,
        "head": {
            "label": f"{pull.head_owner.login}:{pull.head_ref}",
            "ref": pull.head_ref,
            "sha": pull.head_sha,
            "user": render_account.user(context, pull.head_owner),
            "repo": (
                None
                if pull.head_repository is None
                else _branch_repository(context, pull.head_repository)
            ),
        },
        "base": {
            "label": f"{issue.repository.owner.login}:{pull.base_ref}",
            "ref": pull.base_ref,
            "sha": pull.base_sha,
            "user": render_account.user(context, issue.repository.owner),
            "repo": _branch_repository(context, issue.repository),
        },
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": issue.repository.association(issue.author),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def _branch_repository(context: RenderContext, repository: Repository) -> JsonObject:
    return {
        **render_repository.whole(context, repository),
        "allow_squash_merge": True,
        "allow_merge_commit": False,
        "allow_rebase_merge": False,
        "allow_auto_merge": False,
        "delete_branch_on_merge": False,
        "allow_update_branch": True,
        "use_squash_pr_title_as_default": True,
        "squash_merge_commit_message": "BLANK",
        "squash_merge_commit_title": "PR_TITLE",
        "merge_commit_message": "PR_TITLE",
        "merge_commit_title": "MERGE_MESSAGE",
    }


def whole(context: RenderContext, issue: Issue, mergeable: bool | None) -> JsonObject:
    """A pull request on its own; `mergeable` is null until GitHub has worked it out."""
    pull = pull_of(issue)
    files = changed_files(context, issue)
    state = {None: "unknown", True: "clean", False: "dirty"}[mergeable]
    return {
        **simple(context, issue),
        "merged": pull.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": state,
        "merged_by": render_account.optional_user(context, pull.merged_by),
        "comments": len(issue.comments),
        "review_comments": len(pull.review_comments),
        "maintainer_can_modify": False,
        "commits": len(context.git.commits_between(base_tip(issue), pull.head_sha)),
        "additions": sum(change.additions for change in files),
        "deletions": sum(change.deletions for change in files),
        "changed_files": len(files),
    }


def file(
    context: RenderContext, repository: Repository, head: str, change: FileChange
) -> JsonObject:
    """A changed file; a patch too large to show is left out."""
    path = quote(change.path)
    body: JsonObject = {
        "sha": change.blob,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{render_repository.html_url(context, repository)}/blob/{head}/{path}",
        "raw_url": f"{render_repository.html_url(context, repository)}/raw/{head}/{path}",
        "contents_url": (
            f"{render_repository.api_url(context, repository)}/contents/{path}?ref={head}"
        ),
    }
    if change.patch is not None:
        body["patch"] = change.patch
    if change.previous is not None:
        body["previous_filename"] = change.previous
    return body


def review(context: RenderContext, issue: Issue, review: Review) -> JsonObject:
    """A review, as REST has it: `state` in capitals."""
    page = f"{render_issue.page_url(context, issue)}#pullrequestreview-{review.id}"
    url = f"{render_repository.api_url(context, issue.repository)}/pulls/{issue.number}"
    return {
        "id": review.id,
        "node_id": node_id("PullRequestReview", review.id),
        "user": render_account.user(context, review.author),
        "body": review.body,
        "state": review.state,
        "html_url": page,
        "pull_request_url": url,
        "author_association": issue.repository.association(review.author),
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "submitted_at": timestamp(review.submitted_at),
        "commit_id": review.commit,
    }


def review_comment(context: RenderContext, issue: Issue, comment: ReviewComment) -> JsonObject:
    """A comment on a line."""
    base = render_repository.api_url(context, issue.repository)
    url = f"{base}/pulls/comments/{comment.id}"
    page = f"{render_issue.page_url(context, issue)}#discussion_r{comment.id}"
    pull_url = f"{base}/pulls/{issue.number}"
    return {
        "url": url,
        "pull_request_review_id": comment.review.id,
        "id": comment.id,
        "node_id": node_id("PullRequestReviewComment", comment.id),
        "diff_hunk": comment.diff_hunk,
        "path": comment.path,
        "position": comment.line,
        "original_position": comment.line,
        "commit_id": comment.commit,
        "original_commit_id": comment.commit,
        "user": render_account.user(context, comment.author),
        "body": comment.body,
        "created_at": timestamp(comment.created_at),
        "updated_at": timestamp(comment.updated_at),
        "html_url": page,
        "pull_request_url": pull_url,
        "author_association": issue.repository.association(comment.author),
        "_links": {
            "self": {"href": url},
            "html": {"href": page},
            "pull_request": {"href": pull_url},
        },
        "start_line": comment.start_line,
        "original_start_line": comment.start_line,
        "start_side": None if comment.start_line is None else "RIGHT",
        "line": comment.line,
        "original_line": comment.line,
        "side": "RIGHT",
        "subject_type": "line",
        "reactions": render_issue.reaction_counts(url, comment.reactions),
    }
