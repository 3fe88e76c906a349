"""Accounts, teams, apps and installations as JSON."""

from bot.simulator.accounts import Account, Team
from bot.simulator.apps import App, Installation
from bot.simulator.wire import JsonObject, Wire, node_id, optional_timestamp, timestamp


def user(wire: Wire, account: Account) -> JsonObject:
    """GitHub's "simple user"."""
    api = f"{wire.api}/users/{account.login.replace('[', '%5B').replace(']', '%5D')}"
    html = f"{wire.html}/{account.login}"
    if account.type == "Bot":
        html = f"{wire.html}/apps/{account.login.removesuffix('[bot]')}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.type, account.id),
        "avatar_url": f"{wire.html}/avatars/u/{account.id}?v=4",
        "gravatar_id": "",
        "url": api,
        "html_url": html,
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def optional_user(wire: Wire, account: Account | None) -> JsonObject | None:
    """As `user`, or null."""
    return None if account is None else user(wire, account)


def public_user(wire: Wire, account: Account) -> JsonObject:
    """What `GET /users/{username}` tells."""
    return {
        **user(wire, account),
        "name": account.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": timestamp(account.created_at),
        "updated_at": timestamp(account.created_at),
    }


def organization(wire: Wire, account: Account) -> JsonObject:
    """An organization as webhooks carry it."""
    api = f"{wire.api}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.type, account.id),
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{wire.html}/avatars/u/{account.id}?v=4",
        "description": account.name or "",
    }


def team(wire: Wire, team: Team) -> JsonObject:
    """A team."""
    api = f"{wire.api}/organizations/{team.organization.id}/team/{team.id}"
    return {
        "id": team.id,
        "node_id": node_id("Team", team.id),
        "name": team.slug,
        "slug": team.slug,
        "description": "",
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "push",
        "url": api,
        "html_url": f"{wire.html}/orgs/{team.organization.login}/teams/{team.slug}",
        "members_url": f"{api}/members{{/member}}",
        "repositories_url": f"{api}/repos",
        "type": "organization",
        "organization_id": team.organization.id,
        "parent": None,
    }


def app(wire: Wire, app: App) -> JsonObject:
    """A GitHub App."""
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": app.client_id,
        "node_id": node_id("App", app.id),
        "owner": user(wire, app.owner),
        "name": app.slug,
        "description": "",
        "external_url": f"{wire.html}/{app.owner.login}",
        "html_url": f"{wire.html}/apps/{app.slug}",
        "created_at": timestamp(app.created_at),
        "updated_at": timestamp(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def installation(wire: Wire, installation: Installation) -> JsonObject:
    """An installation of an app."""
    account = installation.account
    html = f"{wire.html}/settings/installations/{installation.id}"
    if account.type == "Organization":
        html = f"{wire.html}/organizations/{account.login}/settings/installations/{installation.id}"
    return {
        "id": installation.id,
        "client_id": installation.app.client_id,
        "account": user(wire, account),
        "repository_selection": "selected",
        "access_tokens_url": f"{wire.api}/app/installations/{installation.id}/access_tokens",
        "repositories_url": f"{wire.api}/installation/repositories",
        "html_url": html,
        "app_id": installation.app.id,
        "app_slug": installation.app.slug,
        "target_id": account.id,
        "target_type": account.type,
        "permissions": dict(installation.permissions),
        "events": list(installation.events),
        "created_at": timestamp(installation.created_at),
        "updated_at": timestamp(installation.updated_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": optional_timestamp(installation.suspended_at),
    }
