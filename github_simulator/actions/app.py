"""Apps are registered, by hand or from a manifest."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from github_simulator.model.accounts import Account
from github_simulator.model.apps import App, NewApp
from github_simulator.service import Service
from github_simulator.webhooks import Hook
from github_simulator.wire import not_found

CODE_LIFE = timedelta(hours=1)
"""How long the code of a new app can be exchanged for its credentials."""

LONGEST_NAME = 34


class NameTaken(Exception):
    """Another app has that name."""


def register_app(
    service: Service,
    app_id: int,
    slug: str,
    *,
    owner: Account,
    key: RSAPublicKey,
    secret: str,
    webhook_url: str,
    permissions: Mapping[str, str],
    events: Sequence[str],
) -> App:
    """Register an app with its account, `slug[bot]`, and its webhook."""
    world = service.world
    account = world.add_account(f"{slug}[bot]", "Bot")
    granted = {"metadata": "read", **permissions}
    app = App(app_id, slug, owner, account, key, granted, list(events), world.now())
    world.apps[app_id] = app
    service.hooks[app_id] = Hook(
        world.next_id(), webhook_url, secret, tuple(events), "integration", app_id
    )
    return app


def register_from_manifest(
    service: Service, manifest: Mapping[str, object], name: str, owner: Account
) -> str:
    """Register an app; returns the code for its credentials.

    Raises:
        NameTaken: Another app has that name.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    world = service.world
    if any(app.slug == slug for app in world.apps.values()):
        raise NameTaken(name)
    hook = manifest.get("hook_attributes")
    permissions, events = manifest.get("default_permissions"), manifest.get("default_events")
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    secret = secrets.token_hex(20)
    app = register_app(
        service,
        world.next_id(),
        slug,
        owner=owner,
        key=private.public_key(),
        secret=secret,
        webhook_url=str(hook.get("url", "")) if isinstance(hook, Mapping) else "",
        permissions=permissions if isinstance(permissions, Mapping) else {},
        events=events if isinstance(events, list) else (),
    )
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    code = secrets.token_hex(20)
    service.new_apps[code] = NewApp(app, pem.decode(), secret, secrets.token_hex(20), world.now())
    return code


def exchange_code(service: Service, code: str) -> NewApp:
    """The credentials of a new app, told once.

    Raises:
        Refusal: 404 for a code that is unknown, used or too old.
    """
    new = service.new_apps.pop(code, None)
    if new is None or service.world.now() - new.registered_at > CODE_LIFE:
        raise not_found()
    return new
