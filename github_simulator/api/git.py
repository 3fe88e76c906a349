"""Endpoints of git data: trees, blobs, contents, commits, comparisons."""

from github_simulator.api.call import Answer, Call, listed, moment
from github_simulator.api.routes import Route
from github_simulator.model.git import Commit, TreeEntry
from github_simulator.render import git as render_git
from github_simulator.wire import Refusal, not_found

_MOST_TREE_ENTRIES = 100_000
_RAW = "application/vnd.github.raw+json; charset=utf-8"


def _commit(call: Call, ref: str) -> str:
    sha = call.world.resolve(call.repository, ref)
    if sha is None:
        raise not_found()
    return sha


def get_tree(call: Call) -> Answer:
    """`GET git/trees/{sha or branch}?recursive=1`; truncated over 100,000 entries."""
    git = call.world.git
    name = call.path["tree"]
    commit = call.world.resolve(call.repository, name)
    found = git.commit(commit) if commit else None
    tree = found.tree if found else name
    level = git.tree(tree)
    if level is None:
        raise not_found()
    # GitHub takes any value of `recursive` as yes, even 0
    entries = list(git.walk(tree)) if "recursive" in call.query else list(level.items())
    shown = entries[:_MOST_TREE_ENTRIES]
    base = f"{call.context.api}/repos/{call.repository.full_name}/git/trees/{tree}"
    return Answer(
        {
            "sha": tree,
            "url": base,
            "tree": [
                render_git.tree_entry(call.context, call.repository, path, entry)
                for path, entry in shown
            ],
            "truncated": len(shown) < len(entries),
        }
    )


def get_blob(call: Call) -> Answer:
    """`GET git/blobs/{sha}`, as JSON or raw."""
    sha = call.path["sha"]
    content = call.world.git.blob(sha)
    if content is None:
        raise not_found()
    if call.wants_raw():
        return Answer(content, media_type=_RAW)
    return Answer(render_git.blob(call.context, call.repository, sha, content))


def get_contents(call: Call) -> Answer:
    """`GET contents/{path}?ref=`: a file, as JSON or raw, or a folder's list."""
    ref = call.query.get("ref") or call.repository.default_branch
    sha = call.world.resolve(call.repository, ref)
    if sha is None:
        raise Refusal(404, f"No commit found for the ref {ref}")
    git = call.world.git
    path = call.path.get("path", "").strip("/")
    commit = git.commit(sha)
    entry: TreeEntry | None = TreeEntry("40000", commit.tree) if commit else None
    for part in path.split("/") if path else ():
        level = git.tree(entry.sha) if entry is not None and entry.is_tree else None
        entry = level.get(part) if level else None
    if entry is None:
        raise not_found()
    if entry.is_tree:
        prefix = f"{path}/" if path else ""
        return Answer(
            [
                render_git.contents_entry(call.context, call.repository, ref, prefix + name, each)
                for name, each in (git.tree(entry.sha) or {}).items()
            ]
        )
    if call.wants_raw():
        return Answer(git.blob(entry.sha) or b"", media_type=_RAW)
    return Answer(render_git.contents_file(call.context, call.repository, ref, path, entry))


def list_commits(call: Call) -> Answer:
    """`GET commits?path&since` of the default branch, newest first."""
    git, path, since = call.world.git, call.query.get("path"), moment(call, "Commit", "since")
    found = [
        commit
        for sha in git.ancestors(_commit(call, call.repository.default_branch))
        if (commit := git.commit(sha)) is not None
        and (since is None or commit.author.at >= since)
        and (path is None or _touches(call, commit, path))
    ]
    return listed(
        call,
        found,
        lambda each: render_git.commit(call.context, call.world, call.repository, each),
    )


def _touches(call: Call, commit: Commit, path: str) -> bool:
    git = call.world.git
    before = git.files(commit.parents[0]).get(path) if commit.parents else None
    return git.files(commit.sha).get(path) != before


def get_commit(call: Call) -> Answer:
    """`GET commits/{ref}`."""
    commit = call.world.git.commit(_commit(call, call.path["ref"]))
    if commit is None:
        raise not_found()
    return Answer(render_git.commit(call.context, call.world, call.repository, commit))


def compare(call: Call) -> Answer:
    """`GET compare/{base}...{head}`."""
    base, dots, head = call.path["basehead"].partition("...")
    if not dots:
        raise not_found()
    first, last = _commit(call, base), _commit(call, head)
    merge_base = call.world.git.merge_base(first, last)
    if merge_base is None:
        raise Refusal(404, f"No common ancestor between {base} and {head}.")
    return Answer(
        render_git.comparison(call.context, call.world, call.repository, first, last, merge_base)
    )


_REPO = "/repos/{owner}/{repo}"
_NEEDS = ("contents",)

ROUTES = (
    Route("GET", _REPO + "/git/trees/{tree:.+}", get_tree, _NEEDS),
    Route("GET", _REPO + "/git/blobs/{sha:[0-9a-f]{40}}", get_blob, _NEEDS),
    Route("GET", _REPO + "/contents", get_contents, _NEEDS),
    Route("GET", _REPO + "/contents/{path:.*}", get_contents, _NEEDS),
    Route("GET", _REPO + "/compare/{basehead:.+}", compare, _NEEDS),
    Route("GET", _REPO + "/commits", list_commits, _NEEDS),
    Route("GET", _REPO + "/commits/{ref:.+}", get_commit, _NEEDS),
)
