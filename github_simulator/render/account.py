"""Accounts, teams, apps and installations as JSON."""

from github_simulator.model.accounts import Account, Team
from github_simulator.model.apps import App
from github_simulator.model.installations import Installation
from github_simulator.render.context import RenderContext
from github_simulator.wire import JsonObject, node_id, optional_timestamp, timestamp


def user(context: RenderContext, account: Account) -> JsonObject:
    """GitHub's "simple user"."""
    api = f"{context.api}/users/{account.login.replace('[', '%5B').replace(']', '%5D')}"
    html = f"{context.html}/{account.login}"
    if account.type == "Bot":
        html = f"{context.html}/apps/{account.login.removesuffix('[bot]')}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.type, account.id),
        "avatar_url": f"{context.html}/avatars/u/{account.id}?v=4",
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


def optional_user(context: RenderContext, account: Account | None) -> JsonObject | None:
    """As `user`, or null."""
    return None if account is None else user(context, account)


def public_user(context: RenderContext, account: Account) -> JsonObject:
    """What `GET /users/{username}` tells."""
    return {
        **user(context, account),
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


def organization(context: RenderContext, account: Account) -> JsonObject:
    """An organization as webhooks carry it."""
    api = f"{context.api}/orgs/{account.login}"
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
        "avatar_url": f"{context.html}/avatars/u/{account.id}?v=4",
        "description": account.name or "",
    }


def team(context: RenderContext, team: Team) -> JsonObject:
    """A team."""
    api = f"{context.api}/organizations/{team.organization.id}/team/{team.id}"
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
        "html_url": f"{context.html}/orgs/{team.organization.login}/teams/{team.slug}",
        "members_url": f"{api}/members{{/member}}",
        "repositories_url": f"{api}/repos",
        "type": "organization",
        "organization_id": team.organization.id,
        "parent": None,
    }


def app(context: RenderContext, app: App) -> JsonObject:
    """A GitHub App."""
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": app.client_id,
        "node_id": node_id("App", app.id),
        "owner": user(context, app.owner),
        "name": app.slug,
        "description": "",
        "external_url": f"{context.html}/{app.owner.login}",
        "html_url": f"{context.html}/apps/{app.slug}",
        "created_at": timestamp(app.created_at),
        "updated_at": timestamp(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def installation(context: RenderContext, installation: Installation) -> JsonObject:
    """An installation of an app."""
    account = installation.account
    html = f"{context.html}/settings/installations/{installation.id}"
    if account.type == "Organization":
        html = (
            f"{context.html}/organizations/{account.login}/settings/installations/{installation.id}"
        )
    return {
        "id": installation.id,
        "client_id": installation.app.client_id,
        "account": user(context, account),
        "repository_selection": "selected",
        "access_tokens_url": f"{context.api}/app/installations/{installation.id}/access_tokens",
        "repositories_url": f"{context.api}/installation/repositories",
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
