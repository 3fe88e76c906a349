"""Checks the app as GitHub has it: key, permissions, events, webhook, deliveries, installations.

Source: https://docs.github.com/en/rest/apps (apps, installations and webhooks).
"""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from bot.github.client.app import OPTIONAL_PERMISSIONS, PERMISSIONS
from bot.github.client.client import (
    Client,
    CredentialsRefused,
    GitHubFailure,
    TryLater,
    items_at,
    member,
    number_at,
    text_at,
)
from bot.github.client.http_client import GitHubClients
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.settings import Settings

_STRENGTH = {"read": 1, "write": 2, "admin": 3}
_LAST_DELIVERIES = 5


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result of one check.

    Attributes:
        subject: What was checked.
        message: What was found, and what to fix.
        is_fault: Whether the bot cannot work because of it.
        is_warning: Whether the bot works, but some feature does not.
    """

    subject: str
    message: str
    is_fault: bool = False
    is_warning: bool = False


async def check_app(settings: Settings, clients: GitHubClients) -> AsyncIterator[Diagnosis]:
    """Check the app; stops at the first thing without which nothing else can be asked."""
    try:
        app = await clients.app()
    except GitHubFailure as failure:
        yield await _refusal(settings, clients, failure)
        return
    yield Diagnosis("app", f"its name on GitHub is {app.get('slug')}")
    pages = _settings_page(app)
    for diagnosis in (*_permissions(app, pages), *_events(app, pages)):
        yield diagnosis
    client = await clients.for_app()
    try:
        yield await _webhook(settings, client, pages)
        yield await _answers(client, pages)
        async for diagnosis in _installations(client, app):
            yield diagnosis
    except GitHubFailure as failure:
        yield Diagnosis(
            "app",
            f"the other checks could not be done; run doctor again later ({failure})",
            is_warning=True,
        )


async def _refusal(settings: Settings, clients: GitHubClients, failure: GitHubFailure) -> Diagnosis:
    """Why GitHub does not say who the app is: the address, the id or the key."""
    if isinstance(failure, CredentialsRefused):
        message = (
            f"GitHub does not accept this key for app {settings.gh_app_id}: check that GH_APP_ID "
            "is the App ID on the app's settings page, and this machine's clock; if both are "
            'right, click "Generate a private key" on that page and use the new key'
        )
        return Diagnosis("app", message, is_fault=True)
    if isinstance(failure, TryLater):
        message = (
            f"{settings.gh_api_url} is unreachable or cannot answer now; "
            f"check GH_API_URL ({failure})"
        )
        return Diagnosis("app", message, is_fault=True)
    try:
        is_api = isinstance(await (await clients.anonymous()).get("/meta"), dict)
    except GitHubFailure:
        is_api = False
    if is_api:
        message = (
            f"GitHub knows no app {settings.gh_app_id}: set GH_APP_ID to the App ID on the app's "
            "settings page"
        )
    else:
        message = (
            f"{settings.gh_api_url} is not GitHub's API: leave GH_API_URL unset for github.com, "
            "and set it to https://HOST/api/v3 for GitHub Enterprise"
        )
    return Diagnosis("app", f"{message} ({failure})", is_fault=True)


def _settings_page(app: Mapping[str, Any]) -> str:
    """The address of the app's settings page."""
    # An Enterprise server has its apps under `github-apps`.
    page = (text_at(app, "html_url") or "https://github.com/apps/").replace(
        "/github-apps/", "/apps/"
    )
    web = page.partition("/apps/")[0]
    is_organizations = text_at(app, "owner", "type") == "Organization"
    place = f"organizations/{text_at(app, 'owner', 'login')}/" if is_organizations else ""
    return f"{web}/{place}settings/apps/{text_at(app, 'slug')}"


def _missing(granted: object) -> dict[str, str]:
    """The permissions that are not granted, by name."""
    levels = granted if isinstance(granted, Mapping) else {}
    return {
        name: level
        for name, level in PERMISSIONS.items()
        if _STRENGTH.get(str(levels.get(name)), 0) < _STRENGTH[level]
    }


def _permissions(app: Mapping[str, Any], page: str) -> list[Diagnosis]:
    diagnoses = [
        Diagnosis(
            "permission",
            f"{name}: {level} is missing; grant it at {page}/permissions",
            is_fault=name not in OPTIONAL_PERMISSIONS,
            is_warning=name in OPTIONAL_PERMISSIONS,
        )
        for name, level in _missing(app.get("permissions")).items()
    ]
    return diagnoses or [Diagnosis("permissions", "all granted")]


def _events(app: Mapping[str, Any], page: str) -> list[Diagnosis]:
    missing = sorted(set(SUBSCRIBED_EVENTS) - set(app.get("events") or ()))
    if missing:
        message = f"not subscribed to {', '.join(missing)}; select them at {page}/permissions"
        return [Diagnosis("events", message, is_fault=True)]
    return [Diagnosis("events", "all subscribed")]


async def _webhook(settings: Settings, client: Client, page: str) -> Diagnosis:
    """Whether GitHub sends webhooks to this server, and in the form it reads."""
    config = await client.get("/app/hook/config")
    url = text_at(config, "url") or ""
    if not url:
        return Diagnosis("webhook", f"has no URL; set it at {page}", is_fault=True)
    if text_at(config, "content_type") != "json":
        message = f"is sent as a form; set its content type to application/json at {page}"
        return Diagnosis("webhook", message, is_fault=True)
    if not settings.public_url:
        message = (
            f"goes to {url}. PUBLIC_URL is not set, so check runs do not link to the bot's pages: "
            f"set it to {url.removesuffix('/webhook')}"
        )
        return Diagnosis("webhook", message, is_warning=True)
    expected = f"{settings.public_url}/webhook"
    if url != expected:
        message = (
            f"goes to {url}, but this server is reached at {expected}: change the URL at {page}, "
            "or PUBLIC_URL"
        )
        return Diagnosis("webhook", message, is_fault=True)
    return Diagnosis("webhook", f"goes to {url}")


async def _answers(client: Client, page: str) -> Diagnosis:
    """How the last deliveries were answered."""
    subject = "last deliveries"
    attempts = await client.get(f"/app/hook/deliveries?per_page={_LAST_DELIVERIES}")
    codes = [number_at(one, "status_code") or 0 for one in attempts if isinstance(one, dict)]
    if not codes:
        return Diagnosis(subject, "GitHub has sent none yet")
    last, same = codes[0], len(list(takewhile(lambda code: code == codes[0], codes)))
    count = "the last one" if same == 1 else f"the last {same}"
    if 200 <= last < 300:
        return Diagnosis(subject, f"{count} got {last}")
    match last:
        case 401:
            message = (
                f"got 401: GH_SECRET differs from the webhook secret at {page}; set both to the "
                "same value"
            )
        case 0 | 502 | 504:
            message = (
                "got no answer from the server: check that it runs and that GitHub can reach it; "
                f"see Recent Deliveries at {page}/advanced"
            )
        case _:
            message = f"got {last}: GitHub shows the server's reason at {page}/advanced"
    return Diagnosis(subject, f"{count} {message}", is_fault=True)


async def _installations(client: Client, app: Mapping[str, Any]) -> AsyncIterator[Diagnosis]:
    found = 0
    known_to_lack = _missing(app.get("permissions"))
    asked_events = {str(event) for event in app.get("events") or ()}
    async for installation in client.pages("/app/installations"):
        found += 1
        for diagnosis in _installation(installation, known_to_lack, asked_events):
            yield diagnosis
    if not found:
        page = text_at(app, "html_url")
        message = f"none yet; install the app at {page}/installations/new"
        yield Diagnosis("installations", message, is_warning=True)


def _installation(
    installation: object, known_to_lack: Collection[str], asked_events: Collection[str]
) -> Iterator[Diagnosis]:
    account, page = text_at(installation, "account", "login"), text_at(installation, "html_url")
    subject = f"installation on {account}"
    if text_at(installation, "suspended_at"):
        message = f"is suspended; an owner can unsuspend it at {page}"
        yield Diagnosis(subject, message, is_fault=True)
        return
    missing = {
        name: level
        for name, level in _missing(member(installation, "permissions")).items()
        if name not in known_to_lack
    }
    for name, level in missing.items():
        yield Diagnosis(
            subject,
            f"{name}: {level} is not granted here; an owner has to accept it at {page}",
            is_fault=name not in OPTIONAL_PERMISSIONS,
            is_warning=name in OPTIONAL_PERMISSIONS,
        )
    asked_for = {event for event in SUBSCRIBED_EVENTS if event in asked_events}
    lacking = sorted(asked_for - set(map(str, items_at(installation, "events"))))
    if lacking and not missing:
        message = (
            f"does not get the events {', '.join(lacking)}; an owner has to review and accept the "
            f"app's new permissions at {page}"
        )
        yield Diagnosis(subject, message, is_fault=True)
    if not missing and not lacking:
        yield Diagnosis(subject, "has accepted all that the app asks for")
