"""Repositories as JSON: the many URLs, and the shape webhooks give them."""

from github_simulator.model.accounts import Access
from github_simulator.model.repository import Repository
from github_simulator.render.account import user
from github_simulator.render.context import RenderContext
from github_simulator.wire import JsonObject, node_id, timestamp

# Where GitHub appends a URI template to a repository's API URL (RFC 6570).
_URLS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def api_url(context: RenderContext, repository: Repository) -> str:
    """The API's URL of a repository."""
    return f"{context.api}/repos/{repository.full_name}"


def html_url(context: RenderContext, repository: Repository) -> str:
    """The browser's URL of a repository."""
    return f"{context.html}/{repository.full_name}"


def minimal(context: RenderContext, repository: Repository) -> JsonObject:
    """GitHub's "minimal repository": what every other shape has as well."""
    api = api_url(context, repository)
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": user(context, repository.owner),
        "html_url": html_url(context, repository),
        "description": None,
        "fork": repository.parent is not None,
        "url": api,
        **{name: api + rest for name, rest in _URLS.items()},
    }


def whole(context: RenderContext, repository: Repository) -> JsonObject:
    """The repository in full, as pull requests and `GET /repos/{owner}/{repo}` carry it."""
    html = html_url(context, repository)
    host = context.html.split("://", 1)[-1]
    open_issues = sum(issue.state == "open" for issue in repository.issues.values())
    return {
        **minimal(context, repository),
        "created_at": timestamp(repository.created_at),
        "updated_at": timestamp(repository.pushed_at),
        "pushed_at": timestamp(repository.pushed_at),
        "git_url": f"git://{host}/{repository.full_name}.git",
        "ssh_url": f"git@{host}:{repository.full_name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "homepage": None,
        "size": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": None,
        "has_issues": True,
        "has_projects": False,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": 0,
        "mirror_url": None,
        "archived": False,
        "disabled": False,
        "open_issues_count": open_issues,
        "license": None,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "private" if repository.private else "public",
        "forks": 0,
        "open_issues": open_issues,
        "watchers": 0,
        "default_branch": repository.default_branch,
    }


def with_counts(context: RenderContext, repository: Repository, access: Access) -> JsonObject:
    """`GET /repos/{owner}/{repo}`: in full, with the caller's permissions."""
    body = {
        **whole(context, repository),
        "permissions": permissions(access),
        "network_count": 0,
        "subscribers_count": 0,
    }
    if repository.parent is not None:
        body["parent"] = body["source"] = whole(context, repository.parent)
    return body


def permissions(access: Access) -> dict[str, bool]:
    """Access as five flags."""
    return {
        "admin": access >= Access.ADMIN,
        "maintain": access >= Access.MAINTAIN,
        "push": access >= Access.WRITE,
        "triage": access >= Access.TRIAGE,
        "pull": access >= Access.READ,
    }


def for_push(context: RenderContext, repository: Repository) -> JsonObject:
    """As `push` webhooks carry it: some times are numbers, and the owner has an address."""
    return {
        **whole(context, repository),
        "owner": {
            **user(context, repository.owner),
            "name": repository.owner.login,
            "email": repository.owner.email,
        },
        "url": html_url(context, repository),
        "created_at": int(repository.created_at.timestamp()),
        "pushed_at": int(repository.pushed_at.timestamp()),
        "stargazers": 0,
        "master_branch": repository.default_branch,
    }


def mention(repository: Repository) -> JsonObject:
    """The five fields by which `installation` webhooks name a repository."""
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
    }
