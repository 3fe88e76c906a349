"""The simulated world together with the webhooks that announce changes in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from github_simulator.faults import Faults
from github_simulator.limits import RateLimits
from github_simulator.model.accounts import Account
from github_simulator.model.apps import App, NewApp
from github_simulator.model.installations import Installation, InstallationTokens, suffices
from github_simulator.model.repository import Repository
from github_simulator.model.world import World
from github_simulator.render import account as render_account
from github_simulator.render import repository as render_repository
from github_simulator.render.context import RenderContext
from github_simulator.webhooks import Dispatcher, Hook
from github_simulator.wire import JsonObject, node_id, now_utc

_CHECK_EVENTS = {"check_run", "check_suite"}


@dataclass(slots=True, eq=False)
class Service:
    """A running GitHub.

    Attributes:
        world: The present state.
        wall_clock: The real time, by which JWTs are checked, since the bot signs them by it.
        hooks: The webhook of each app by the app's id.
        repository_hooks: Webhooks that repositories set up for themselves, by repository id.
        archives: By token, the name of an archive's folder and the commit it has.
        new_apps: Apps registered from a manifest whose credentials were not fetched, by the code.
    """

    world: World
    dispatcher: Dispatcher
    tokens: InstallationTokens
    faults: Faults
    limits: RateLimits
    context: RenderContext
    wall_clock: Callable[[], datetime] = now_utc
    hooks: dict[int, Hook] = field(default_factory=dict)
    repository_hooks: dict[int, list[Hook]] = field(default_factory=dict)
    new_apps: dict[str, NewApp] = field(default_factory=dict)
    archives: dict[str, tuple[str, str]] = field(default_factory=dict)

    def announce(
        self,
        event: str,
        repository: Repository,
        sender: Account,
        fields: JsonObject,
        *,
        only: App | None = None,
    ) -> None:
        """Send an event of a repository to every app and hook that listens to it.

        `only` limits it to one app, as GitHub does for `rerequested` and `requested_action`.
        """
        payload = self._envelope(event, repository, sender, fields)
        for installation in self.world.installations.values():
            app = installation.app
            if repository not in installation.repositories or (only and app is not only):
                continue
            if installation.suspended_at is not None:
                continue
            if _listens(installation, event):
                carried = {"id": installation.id, "node_id": _installation_node(installation)}
                self.dispatcher.send(
                    self.hooks[app.id],
                    event,
                    {**payload, "installation": carried},
                    installation.id,
                    repository.id,
                )
        if only is None:
            for hook in self.repository_hooks.get(repository.id, ()):
                if event in hook.events:
                    self.dispatcher.send(hook, event, payload, None, repository.id)

    def announce_installation(
        self, event: str, installation: Installation, sender: Account, fields: JsonObject
    ) -> None:
        """Send an app an event about its own installation, from which it cannot unsubscribe."""
        payload = {
            **fields,
            "installation": render_account.installation(self.context, installation),
            "sender": render_account.user(self.context, sender),
        }
        self.dispatcher.send(self.hooks[installation.app.id], event, payload, installation.id, None)

    def _envelope(
        self, event: str, repository: Repository, sender: Account, fields: JsonObject
    ) -> JsonObject:
        shape = render_repository.for_push if event == "push" else render_repository.whole
        payload: JsonObject = {**fields, "repository": shape(self.context, repository)}
        if repository.owner.type == "Organization":
            payload["organization"] = render_account.organization(self.context, repository.owner)
        payload["sender"] = render_account.user(self.context, sender)
        return payload


def _listens(installation: Installation, event: str) -> bool:
    # apps that may write checks get these two without asking
    if event in _CHECK_EVENTS and suffices(installation.permissions, "checks", "write"):
        return True
    return event in installation.events


def _installation_node(installation: Installation) -> str:
    return node_id("IntegrationInstallation", installation.id)
