"""Endpoints of the app itself: who it is, where it is installed, its tokens, its deliveries."""

from github_simulator.api.call import Answer, Call, listed, optional, page, page_url, per_page
from github_simulator.api.routes import Route
from github_simulator.model.accounts import Access
from github_simulator.model.installations import (
    TOKEN_LIFE,
    Installation,
    InstallationToken,
    narrowed,
)
from github_simulator.model.repository import Repository
from github_simulator.render import account as render_account
from github_simulator.render import repository as render_repository
from github_simulator.webhooks import Attempt, Delivery
from github_simulator.wire import JsonObject, Refusal, not_found, timestamp


def get_app(call: Call) -> Answer:
    """`GET /app`."""
    body = render_account.app(call.context, call.app)
    count = sum(each.app is call.app for each in call.world.installations.values())
    return Answer({**body, "installations_count": count})


def get_meta(_call: Call) -> Answer:
    """`GET /meta`, a part of it."""
    return Answer({"verifiable_password_authentication": False, "hooks": ["127.0.0.1/32"]})


def get_hook_config(call: Call) -> Answer:
    """`GET /app/hook/config`; the secret is masked."""
    hook = call.service.hooks[call.app.id]
    return Answer(
        {
            "content_type": hook.content_type,
            "insecure_ssl": "0",
            "secret": "********",
            "url": hook.url,
        }
    )


def list_installations(call: Call) -> Answer:
    """`GET /app/installations`."""
    found = [each for each in call.world.installations.values() if each.app is call.app]
    return listed(call, found, lambda each: render_account.installation(call.context, each))


def get_installation(call: Call) -> Answer:
    """`GET /app/installations/{id}`."""
    return Answer(render_account.installation(call.context, _installation(call)))


def repository_installation(call: Call) -> Answer:
    """`GET /repos/{owner}/{repo}/installation`."""
    installation = call.world.installation_for(call.app, call.repository)
    if installation is None:
        raise not_found()
    return Answer(render_account.installation(call.context, installation))


def create_token(call: Call) -> Answer:
    """`POST /app/installations/{id}/access_tokens`, narrowed as the body asks.

    Source: https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app.
    """
    installation = _installation(call)
    installation.require_active()
    body = call.json()
    chosen = _chosen_repositories(installation, body)
    requested = optional(body, "Installation", "permissions", dict)
    permissions = dict(installation.permissions)
    if requested is not None:
        permissions = narrowed(installation.permissions, requested)
        if permissions != requested:
            raise Refusal(422, "The permissions requested are not granted to this installation.")
        # metadata comes with every token
        permissions.setdefault("metadata", "read")
    expires_at = call.world.now() + TOKEN_LIFE
    ids = None if chosen is None else frozenset(each.id for each in chosen)
    text = call.service.tokens.issue(
        InstallationToken(installation.id, expires_at, ids, permissions)
    )
    answer: JsonObject = {
        "token": text,
        "expires_at": timestamp(expires_at),
        "permissions": permissions,
        "repository_selection": "selected",
    }
    if chosen is not None:
        answer["repositories"] = [render_repository.whole(call.context, each) for each in chosen]
    return Answer(answer, 201)


def _chosen_repositories(installation: Installation, body: JsonObject) -> list[Repository] | None:
    names = optional(body, "Installation", "repositories", list)
    ids = optional(body, "Installation", "repository_ids", list)
    if names is None and ids is None:
        return None
    by_name = {each.name.lower(): each for each in installation.repositories}
    by_id = {each.id: each for each in installation.repositories}
    try:
        chosen = [by_name[str(name).lower()] for name in names or ()]
        return chosen + [by_id[number] for number in ids or ()]
    except (KeyError, TypeError):
        raise Refusal(
            422,
            "There is at least one repository that does not exist or is not accessible to the "
            "parent installation.",
        ) from None


def installation_repositories(call: Call) -> Answer:
    """`GET /installation/repositories`: what the token reaches."""
    installation = call.caller.installation
    if installation is None:
        raise Refusal(401, "Requires authentication")
    found = [each for each in installation.repositories if call.caller.covers(each)]
    flags = render_repository.permissions(Access.READ)
    body, headers = page(
        call,
        found,
        lambda each: {**render_repository.whole(call.context, each), "permissions": flags},
    )
    answer = {"total_count": len(found), "repository_selection": "selected", "repositories": body}
    return Answer(answer, headers=headers)


def list_deliveries(call: Call) -> Answer:
    """`GET /app/hook/deliveries`: attempts, latest first, paged by cursor."""
    found = _attempts(call)
    cursor = call.query.get("cursor", "")
    if cursor:
        if not cursor.isdecimal():
            raise Refusal(422, "Invalid cursor")
        found = [pair for pair in found if pair[1].id < int(cursor)]
    shown = found[: per_page(call)]
    headers = {}
    if len(found) > len(shown):
        following = page_url(call, cursor=str(shown[-1][1].id))
        headers["Link"] = f'<{following}>; rel="next"'
    return Answer([_delivery_item(*pair) for pair in shown], headers=headers)


def get_delivery(call: Call) -> Answer:
    """`GET /app/hook/deliveries/{id}`, with what was sent and answered."""
    delivery, attempt = _attempt(call)
    return Answer(
        {
            **_delivery_item(delivery, attempt),
            "url": delivery.hook.url,
            "request": {"headers": attempt.request_headers, "payload": delivery.payload},
            "response": {"headers": attempt.response_headers, "payload": attempt.response},
        }
    )


def redeliver(call: Call) -> Answer:
    """`POST /app/hook/deliveries/{id}/attempts`."""
    delivery, _ = _attempt(call)
    call.service.dispatcher.redeliver(delivery)
    return Answer({}, 202)


def _attempts(call: Call) -> list[tuple[Delivery, Attempt]]:
    hook = call.service.hooks[call.app.id]
    return [pair for pair in call.service.dispatcher.attempts() if pair[0].hook is hook]


def _attempt(call: Call) -> tuple[Delivery, Attempt]:
    requested = int(call.path["id"])
    for pair in _attempts(call):
        if pair[1].id == requested:
            return pair
    raise not_found()


def _delivery_item(delivery: Delivery, attempt: Attempt) -> JsonObject:
    return {
        "id": attempt.id,
        "guid": delivery.guid,
        "delivered_at": timestamp(attempt.delivered_at),
        "redelivery": attempt.redelivery,
        "duration": attempt.seconds,
        "status": attempt.status,
        "status_code": attempt.status_code,
        "event": delivery.event,
        "action": delivery.action or None,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }


def _installation(call: Call) -> Installation:
    found = call.world.installations.get(int(call.path["id"]))
    if found is None or found.app is not call.app:
        raise not_found()
    return found


ROUTES = (
    Route("GET", "/meta", get_meta, anonymous=True),
    Route("GET", "/app", get_app, as_app=True),
    Route("GET", "/app/hook/config", get_hook_config, as_app=True),
    Route("GET", "/app/installations", list_installations, as_app=True),
    Route("GET", r"/app/installations/{id:\d+}", get_installation, as_app=True),
    Route("POST", r"/app/installations/{id:\d+}/access_tokens", create_token, as_app=True),
    Route("GET", "/app/hook/deliveries", list_deliveries, as_app=True),
    Route("GET", r"/app/hook/deliveries/{id:\d+}", get_delivery, as_app=True),
    Route("POST", r"/app/hook/deliveries/{id:\d+}/attempts", redeliver, as_app=True),
    Route("GET", "/repos/{owner}/{repo}/installation", repository_installation, as_app=True),
    Route("GET", "/installation/repositories", installation_repositories, public=False),
)
