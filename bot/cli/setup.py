"""`setup`: registers the app on GitHub, and saves its id, key and secret.

A page on this machine has one button. It sends a manifest to GitHub, where the operator confirms
it; GitHub then sends the browser back with a code that can be exchanged once, within an hour.

Source: https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import asyncio
import hmac
import json
import os
import secrets
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import click
from aiohttp import web
from gidgethub import BadRequest, GitHubException
from gidgethub.aiohttp import GitHubAPI
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.cli import fail
from bot.cli.doctor import diagnose
from bot.concurrency import stop_on_signal
from bot.github.client.app import PERMISSIONS
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.settings import valid_address
from bot.web.page_rendering import STYLE, page

GITHUB = "https://github.com"
_API = "https://api.github.com"
NAME = "PEP editor bot"
DESCRIPTION = (
    "Does the mechanical half of a PEP editor's review: is there a sponsor who agrees, is the "
    "CODEOWNERS line right, is the number free, and what comes next."
)


@click.command()
@click.option(
    "--public-url", envvar="PUBLIC_URL", help="The server's address, such as https://your.host."
)
@click.option("--organization", help="Register the app for this organization, not for yourself.")
@click.option("--name", default=NAME, show_default=True, help="The app's name.")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    default=Path("pep-bot.env"),
    show_default=True,
    help="The file for the settings; the key goes into a file beside it that ends in .pem.",
)
@click.option("--show", is_flag=True, help="Print the settings instead of writing files.")
@click.option(
    "--github", default=GITHUB, show_default=True, help="GitHub, or your Enterprise host."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the page listens.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The page's port; by default any free one.",
)
def setup(
    *,
    public_url: str | None,
    organization: str | None,
    name: str,
    into: Path,
    show: bool,
    github: str,
    host: str,
    port: int,
) -> None:
    """Register the GitHub App on a page with one button, and save what serve needs."""
    if not public_url:
        fail("Give the server's address: --public-url https://your.host")
    try:
        public_url, github = valid_address(public_url), valid_address(github)
    except ValueError as error:
        fail(f"--public-url or --github {error}")
    api_url = os.environ.get("GH_API_URL") or (_API if github == GITHUB else f"{github}/api/v3")
    place = f"/organizations/{organization}" if organization else ""
    form = f"{github}{place}/settings/apps/new"
    registration = Registration(form, api_url.rstrip("/"), name, public_url)
    with _settings_files(into, keep=not show) as keep:
        app = asyncio.run(_register(registration, host, port))
        if app is None:
            fail(
                "Nothing was saved. If an app was registered, delete it in its settings on GitHub.",
                1,
            )
        settings = app.settings(public_url, "" if api_url == _API else api_url)
        kept = keep(settings, app.pem)
    click.echo(f"{app.name} is registered. Install it on your repository: {app.install_url}\n")
    if show:
        click.echo("Save these settings now; GitHub does not show them again.\n")
        click.echo(_lines(settings | {"GH_PRIVATE_KEY": app.pem.replace("\n", "\\n")}))
        return
    click.echo(
        f"Its settings are in {into}, its key is in {into.with_suffix('.pem')}.\n"
        "Load the settings into the server's environment and run `serve`. Until it runs, "
        '"last deliveries" below may show a fault.\n'
    )
    os.environ.update(kept)
    diagnose()


class RegisteredApp(BaseModel):
    """What GitHub says about a new app, once."""

    model_config = ConfigDict(hide_input_in_errors=True)

    id: Annotated[int, Field(gt=0)]
    name: str
    html_url: str
    pem: Annotated[str, Field(min_length=1, repr=False)]
    webhook_secret: Annotated[str, Field(min_length=1, repr=False)]

    @property
    def install_url(self) -> str:
        """The page on which to install it on repositories."""
        return f"{self.html_url}/installations/new"

    def settings(self, public_url: str, api_url: str) -> dict[str, str]:
        """The variables that `serve` reads, without the key."""
        values = {
            "GH_APP_ID": str(self.id),
            "GH_SECRET": self.webhook_secret,
            "PUBLIC_URL": public_url,
            "GH_API_URL": api_url,
        }
        return {name: value for name, value in values.items() if value}


@dataclass(slots=True)
class Registration:
    """One registration: its page, and its result.

    Attributes:
        form: The page of GitHub that takes the manifest.
        api_url: GitHub's API.
        name: The suggested name; the operator may choose another one on GitHub.
        public_url: The server's own address.
        state: Distinguishes GitHub's answer to this registration from any other request.
        page_url: The address of the page.
        app: Set once the app is registered.
    """

    form: str
    api_url: str
    name: str
    public_url: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    page_url: str = ""
    app: asyncio.Future[RegisteredApp] = field(init=False)

    def manifest(self) -> dict[str, Any]:
        """The manifest of the app, the same as `app.yaml`."""
        return {
            "name": self.name,
            "url": "https://github.com/python/peps",
            "description": DESCRIPTION,
            "public": False,
            "hook_attributes": {"url": f"{self.public_url}/webhook", "active": True},
            "redirect_url": f"{self.page_url}registered",
            "default_permissions": dict(PERMISSIONS),
            "default_events": list(SUBSCRIBED_EVENTS),
        }

    def application(self) -> web.Application:
        """The page and the address to which GitHub sends the browser back."""
        application = web.Application()
        application.router.add_get("/", self._page)
        application.router.add_get("/registered", self._registered)
        application.router.add_get("/style.css", _style)
        return application

    async def _page(self, _request: web.Request) -> web.Response:
        action, manifest = f"{self.form}?state={self.state}", json.dumps(self.manifest())
        return _page(200, action=action, manifest=manifest)

    async def _registered(self, request: web.Request) -> web.Response:
        code = request.query.get("code", "")
        if not hmac.compare_digest(request.query.get("state", "").encode(), self.state.encode()):
            return _trouble("This answer belongs to another registration.", 400)
        if self.app.done():
            return _page(409, trouble="You can close this page.", is_done=True)
        if not code.isalnum():
            return _trouble("GitHub's answer has no code.", 400)
        try:
            app = await self._exchange(code)
        except BadRequest:
            return _trouble(
                "GitHub does not know this code: it can be used once, within an hour. Delete the "
                "app that was just registered in its settings on GitHub, and start again.",
                400,
            )
        except (GitHubException, aiohttp.ClientError, TimeoutError):
            return _trouble("GitHub is unreachable. Reload this page to try again.", 502)
        except ValidationError:
            return _trouble("GitHub's answer lacks the app's id, key or secret.", 502)
        self.app.set_result(app)
        return _page(200, app=app)

    async def _exchange(self, code: str) -> RegisteredApp:
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            github = GitHubAPI(session, "pep-bot", base_url=self.api_url)
            answer = await github.post(
                "/app-manifests/{code}/conversions", url_vars={"code": code}, data=b""
            )
        return RegisteredApp.model_validate(answer)


async def _register(registration: Registration, host: str, port: int) -> RegisteredApp | None:
    """Serve the page until the app is registered; None if the operator stops it first."""
    registration.app = asyncio.get_running_loop().create_future()
    runner = web.AppRunner(registration.application(), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            fail(
                f"The page cannot listen on {host}:{port}: {error.strerror}. Choose another --port "
                "or --host."
            )
        registration.page_url = f"http://{host}:{runner.addresses[0][1]}/"
        click.echo(
            f"Open {registration.page_url} in a browser on this machine (over SSH, forward the "
            'port first) and click "Register on GitHub". Ctrl-C stops.'
        )
        stop = asyncio.ensure_future(stop_on_signal().wait())
        await asyncio.wait((stop, registration.app), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        return registration.app.result() if registration.app.done() else None
    finally:
        await runner.cleanup()


def _page(status: int, **values: object) -> web.Response:
    return web.Response(status=status, body=page("setup", **values), content_type="text/html")


def _trouble(message: str, status: int) -> web.Response:
    return _page(status, trouble=message, is_done=False)


async def _style(_request: web.Request) -> web.Response:
    return web.Response(body=STYLE, content_type="text/css")


@contextmanager
def _settings_files(
    path: Path, *, keep: bool
) -> Iterator[Callable[[Mapping[str, str], str], dict[str, str]]]:
    """A function that saves settings and key in two files that only their owner can read.

    The files are created first, since GitHub shows the key only once; unused ones are deleted.
    Ends the command if one of them exists already, or cannot be created.
    """
    key = path.with_suffix(".pem")
    made: list[Path] = []
    is_kept = False

    def write(values: Mapping[str, str], pem: str) -> dict[str, str]:
        nonlocal is_kept
        whole = {**values, "GH_PRIVATE_KEY_FILE": str(key.absolute())}
        if keep:
            key.write_text(pem, encoding="ascii")
            path.write_text(_lines(whole), encoding="utf-8")
            is_kept = True
        return whole

    try:
        for one in (path, key) if keep else ():
            os.close(os.open(one, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            made.append(one)
        yield write
    except FileExistsError as error:
        fail(f"{error.filename} already exists: move it away, or choose another with --into")
    except OSError as error:
        fail(f"{error.filename or path} cannot be written: {error.strerror}")
    finally:
        if not is_kept:
            for one in made:
                one.unlink()


def _lines(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
