"""Commits, trees, blobs, contents and comparisons as JSON."""

import base64
from urllib.parse import quote

from github_simulator.model.diff import changes_between
from github_simulator.model.git import Commit, Signature, TreeEntry
from github_simulator.model.repository import Repository
from github_simulator.model.world import World
from github_simulator.render import account as render_account
from github_simulator.render import pull as render_pull
from github_simulator.render import repository as render_repository
from github_simulator.render.context import RenderContext
from github_simulator.wire import JsonObject, node_id, timestamp

_MOST_CONTENT = 1_000_000
"""Over this size the contents API gives no content (https://docs.github.com/rest/repos/contents)."""


def _signature(signature: Signature) -> JsonObject:
    return {
        "name": signature.name,
        "email": signature.email,
        "date": timestamp(signature.at),
    }


def commit_summary(commit: Commit) -> JsonObject:
    """A commit as check suites carry it."""
    person = {"name": commit.author.name, "email": commit.author.email}
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": timestamp(commit.author.at),
        "author": person,
        "committer": person,
    }


def commit_in_push(context: RenderContext, repository: Repository, commit: Commit) -> JsonObject:
    """A commit as `push` webhooks carry it, with the paths it touched."""
    person = {
        "name": commit.author.name,
        "email": commit.author.email,
        "username": commit.author.login,
    }
    paths: dict[str, list[str]] = {"added": [], "removed": [], "modified": []}
    if commit.parents:
        for change in changes_between(context.git, commit.parents[0], commit.sha):
            if change.status == "renamed":
                # push webhooks do not know renames
                paths["removed"].append(change.previous or "")
                paths["added"].append(change.path)
            else:
                paths[change.status].append(change.path)
    else:
        paths["added"] = list(context.git.files(commit.sha))
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "distinct": True,
        "message": commit.message,
        "timestamp": timestamp(commit.author.at),
        "url": f"{render_repository.html_url(context, repository)}/commit/{commit.sha}",
        "author": person,
        "committer": person,
        **paths,
    }


def commit(
    context: RenderContext, world: World, repository: Repository, commit: Commit
) -> JsonObject:
    """A commit as comparisons and `GET commits/{ref}` carry it."""
    base = render_repository.api_url(context, repository)
    page = f"{render_repository.html_url(context, repository)}/commit"
    author = render_account.user(context, world.account(commit.author.login))
    return {
        "url": f"{base}/commits/{commit.sha}",
        "sha": commit.sha,
        "node_id": node_id("Commit", int(commit.sha[:12], 16)),
        "html_url": f"{page}/{commit.sha}",
        "comments_url": f"{base}/commits/{commit.sha}/comments",
        "commit": {
            "url": f"{base}/git/commits/{commit.sha}",
            "author": _signature(commit.author),
            "committer": _signature(commit.author),
            "message": commit.message,
            "comment_count": 0,
            "tree": {"sha": commit.tree, "url": f"{base}/git/trees/{commit.tree}"},
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        },
        "author": author,
        "committer": author,
        "parents": [
            {"sha": sha, "url": f"{base}/commits/{sha}", "html_url": f"{page}/{sha}"}
            for sha in commit.parents
        ],
    }


def comparison(
    context: RenderContext,
    world: World,
    repository: Repository,
    base: str,
    head: str,
    merge_base: str,
) -> JsonObject:
    """`GET compare/{base}...{head}`: what head has that the merge base lacks."""
    ahead = context.git.commits_between(base, head)
    behind = context.git.commits_between(head, base)
    status = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}.get(
        (bool(ahead), bool(behind)), "diverged"
    )
    url = f"{render_repository.api_url(context, repository)}/compare/{base}...{head}"
    page = f"{render_repository.html_url(context, repository)}/compare/{base}...{head}"
    first, shared = context.git.commit(base), context.git.commit(merge_base)
    if first is None or shared is None:
        raise ValueError("comparison of unknown commits")
    files = changes_between(context.git, merge_base, head)[:300]
    return {
        "url": url,
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": commit(context, world, repository, first),
        "merge_base_commit": commit(context, world, repository, shared),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit(context, world, repository, each) for each in ahead],
        "files": [render_pull.file(context, repository, head, each) for each in files],
    }


def tree_entry(
    context: RenderContext, repository: Repository, path: str, entry: TreeEntry
) -> JsonObject:
    """An entry of `GET git/trees/{sha}`."""
    base = render_repository.api_url(context, repository)
    if entry.is_tree:
        return {
            "path": path,
            "mode": "040000",
            "type": "tree",
            "sha": entry.sha,
            "url": f"{base}/git/trees/{entry.sha}",
        }
    return {
        "path": path,
        "mode": entry.mode,
        "type": "blob",
        "sha": entry.sha,
        "size": len(context.git.blob(entry.sha) or b""),
        "url": f"{base}/git/blobs/{entry.sha}",
    }


def blob(context: RenderContext, repository: Repository, sha: str, content: bytes) -> JsonObject:
    """`GET git/blobs/{sha}`."""
    return {
        "sha": sha,
        "node_id": node_id("Blob", int(sha[:12], 16)),
        "size": len(content),
        "url": f"{render_repository.api_url(context, repository)}/git/blobs/{sha}",
        "content": _base64_lines(content),
        "encoding": "base64",
    }


def contents_entry(
    context: RenderContext, repository: Repository, ref: str, path: str, entry: TreeEntry
) -> JsonObject:
    """A file or folder as a folder's listing has it."""
    base = render_repository.api_url(context, repository)
    kind, git_kind = ("dir", "trees") if entry.is_tree else ("file", "blobs")
    url = f"{base}/contents/{quote(path)}?ref={ref}"
    view = "tree" if entry.is_tree else "blob"
    page = f"{render_repository.html_url(context, repository)}/{view}/{ref}/{quote(path)}"
    git_url = f"{base}/git/{git_kind}/{entry.sha}"
    raw = f"{render_repository.html_url(context, repository)}/raw/{ref}/{quote(path)}"
    return {
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": entry.sha,
        "size": 0 if entry.is_tree else len(context.git.blob(entry.sha) or b""),
        "url": url,
        "html_url": page,
        "git_url": git_url,
        "download_url": None if entry.is_tree else raw,
        "type": kind,
        "_links": {"self": url, "git": git_url, "html": page},
    }


def contents_file(
    context: RenderContext, repository: Repository, ref: str, path: str, entry: TreeEntry
) -> JsonObject:
    """A file with its content, which is left out over a megabyte."""
    content = context.git.blob(entry.sha) or b""
    small = len(content) <= _MOST_CONTENT
    return {
        **contents_entry(context, repository, ref, path, entry),
        "content": _base64_lines(content) if small else "",
        "encoding": "base64" if small else "none",
    }


def _base64_lines(content: bytes) -> str:
    """Base64 in lines of 60, as GitHub breaks it."""
    text = base64.b64encode(content).decode()
    return "".join(text[at : at + 60] + "\n" for at in range(0, len(text), 60))
