"""Endpoints of repositories, their collaborators and owners, and of accounts and teams."""

from github_simulator.api.call import Answer, Call, listed
from github_simulator.api.routes import Route
from github_simulator.model import codeowners as codeowners
from github_simulator.model.accounts import Access, Account, Team
from github_simulator.render import account as render_account
from github_simulator.render import repository as render_repository
from github_simulator.wire import JsonObject, not_found

# `permission` knows four levels, `role_name` all
_LEGACY = {Access.TRIAGE: "read", Access.MAINTAIN: "write"}


def get_repository(call: Call) -> Answer:
    """`GET /repos/{owner}/{repo}`."""
    return Answer(render_repository.with_counts(call.context, call.repository, Access.READ))


def get_permission(call: Call) -> Answer:
    """`GET collaborators/{username}/permission`: `read` for all in a public repository."""
    account = call.world.account(call.path["username"])
    access = call.repository.access(account)
    role = access.name.lower()
    permission = _LEGACY.get(access, role)
    body: JsonObject = {
        **render_account.user(call.context, account),
        "permissions": render_repository.permissions(access),
        "role_name": role,
    }
    return Answer({"permission": permission, "role_name": role, "user": body})


def codeowners_errors(call: Call) -> Answer:
    """`GET codeowners/errors?ref=`; 404 without a CODEOWNERS file."""
    repository = call.repository
    sha = call.world.resolve(repository, call.query.get("ref", repository.default_branch))
    files = call.world.git.files(sha) if sha else {}
    path = next((place for place in codeowners.PLACES if place in files), None)
    if path is None:
        raise not_found()
    content = call.world.git.blob(files[path]) or b""
    found = codeowners.find_errors(call.world, repository, content.decode(errors="replace"))
    return Answer(
        {
            "errors": [
                {
                    "line": error.line,
                    "column": error.column,
                    "kind": error.kind,
                    "source": error.source,
                    "suggestion": error.suggestion,
                    "message": error.message,
                    "path": path,
                }
                for error in found
            ]
        }
    )


def get_user(call: Call) -> Answer:
    """`GET /users/{username}`."""
    return Answer(
        render_account.public_user(call.context, call.world.account(call.path["username"]))
    )


def _team(call: Call) -> Team:
    try:
        return call.world.teams[call.path["org"].lower(), call.path["team"].lower()]
    except KeyError:
        raise not_found() from None


def list_members(call: Call) -> Answer:
    """`GET /orgs/{org}/teams/{slug}/members`."""
    return listed(call, _team(call).members, lambda each: render_account.user(call.context, each))


def get_membership(call: Call) -> Answer:
    """`GET /orgs/{org}/teams/{slug}/memberships/{username}`."""
    team = _team(call)
    account = call.world.account(call.path["username"])
    if not _is_member(team, account):
        raise not_found()
    base = render_account.team(call.context, team)["url"]
    url = f"{base}/memberships/{account.login}"
    return Answer({"url": url, "role": "member", "state": "active"})


def _is_member(team: Team, account: Account) -> bool:
    return any(member.id == account.id for member in team.members)


_REPO = "/repos/{owner}/{repo}"
_TEAM = "/orgs/{org}/teams/{team}"
_MEMBERS = ("members",)

ROUTES = (
    Route("GET", _REPO, get_repository, ("metadata",)),
    Route(
        "GET",
        f"{_REPO}/collaborators/{{username}}/permission",
        get_permission,
        ("metadata",),
        public=False,
    ),
    Route("GET", f"{_REPO}/codeowners/errors", codeowners_errors, ("contents",)),
    Route("GET", "/users/{username}", get_user),
    Route("GET", f"{_TEAM}/members", list_members, _MEMBERS, public=False),
    Route("GET", f"{_TEAM}/memberships/{{username}}", get_membership, _MEMBERS, public=False),
)
