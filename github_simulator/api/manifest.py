"""Registering an app from a manifest: GitHub's two pages, and the exchange of the code.

Source: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import json
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from github_simulator.actions.app import (
    LONGEST_NAME,
    NameTaken,
    exchange_code,
    register_from_manifest,
)
from github_simulator.api.call import Answer, Call
from github_simulator.api.routes import Route
from github_simulator.render import account as render_account
from github_simulator.service import Service

VISITOR = "operator"
"""The account that is signed in where a browser looks at these pages."""


class ManifestPages:
    """The pages on which a person registers an app from a manifest."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[web.RouteDef]:
        """Where a manifest is posted to, and where its app is registered."""
        return [
            web.post("/settings/apps/new", self._confirm),
            web.post("/organizations/{organization}/settings/apps/new", self._confirm),
            web.post("/settings/apps", self._register),
            web.post("/organizations/{organization}/settings/apps", self._register),
        ]

    async def _confirm(self, request: web.Request) -> web.Response:
        form = await request.post()
        manifest = str(form.get("manifest", ""))
        try:
            name = json.loads(manifest).get("name", "")
        except (ValueError, AttributeError):
            return _page("The manifest is not valid.", status=422)
        return self._form(request, manifest, request.query.get("state", ""), str(name))

    async def _register(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        manifest, state = str(form["manifest"]), str(form.get("state", ""))
        name, document = str(form["name"]), json.loads(manifest)
        world = self._service.world
        organization = request.match_info.get("organization")
        owner = (
            world.add_account(VISITOR, "User")
            if organization is None
            else world.add_account(organization, "Organization")
        )
        if not name or len(name) > LONGEST_NAME:
            return self._form(request, manifest, state, name, f"At most {LONGEST_NAME} characters.")
        try:
            code = register_from_manifest(self._service, document, name, owner)
        except NameTaken:
            return self._form(request, manifest, state, name, "Name is already taken.")
        query = urlencode({"code": code} | ({"state": state} if state else {}))
        raise web.HTTPFound(f"{document['redirect_url']}?{query}")

    def _form(
        self, request: web.Request, manifest: str, state: str, name: str, error: str = ""
    ) -> web.Response:
        action = request.path.removesuffix("/new")
        return _page(
            f"""{escape(error)}
<form action="{escape(action)}" method="post">
<input type="hidden" name="manifest" value="{escape(manifest)}">
<input type="hidden" name="state" value="{escape(state)}">
<input name="name" value="{escape(name)}">
<button>Create GitHub App</button>
</form>""",
            status=422 if error else 200,
        )


def convert(call: Call) -> Answer:
    """`POST /app-manifests/{code}/conversions`."""
    new = exchange_code(call.service, call.path["code"])
    return Answer(
        {
            **render_account.app(call.context, new.app),
            "client_secret": new.client_secret,
            "webhook_secret": new.webhook_secret,
            "pem": new.private_key_pem,
        },
        201,
    )


def _page(body: str, status: int) -> web.Response:
    return web.Response(text=f"<!DOCTYPE html>\n{body}\n", content_type="text/html", status=status)


ROUTES = (Route("POST", "/app-manifests/{code}/conversions", convert, anonymous=True),)
