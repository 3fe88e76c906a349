"""What a route is: method, path, handler, and who may use it."""

from collections.abc import Callable
from dataclasses import dataclass

from github_simulator.api.call import NOT_ACCESSIBLE, Answer, Call, Level
from github_simulator.wire import Refusal, not_found

Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint.

    Attributes:
        path: With names in braces, as aiohttp matches it.
        permissions: Any one of these suffices; empty if none is needed.
        as_app: Whether it takes only the app's JWT.
        public: Whether anonymous requests may read it in a public repository.
        anonymous: Whether it asks nobody who they are.
    """

    method: str
    path: str
    handler: Handler
    permissions: tuple[str, ...] = ()
    as_app: bool = False
    public: bool = True
    anonymous: bool = False

    @property
    def level(self) -> Level:
        """The level of permission that is needed."""
        return "read" if self.method == "GET" else "write"


def authorize(route: Route, call: Call) -> None:
    """Let a call pass, or refuse it as GitHub would.

    Reads of public repositories outside the installation pass, as they do on GitHub; inside it, a
    missing permission is a 403 for reads as well.

    Raises:
        Refusal: 401, 403 or 404.
    """
    caller = call.caller
    if route.anonymous:
        return
    if route.as_app:
        if caller.kind != "jwt":
            raise Refusal(401, "A JSON web token could not be decoded")
        return
    if caller.kind == "jwt":
        raise Refusal(401, "A JSON web token cannot be used for this endpoint")
    if caller.kind == "anonymous" and (route.level == "write" or not route.public):
        raise Refusal(401, "Requires authentication")
    if "org" in call.path:
        _authorize_organization(route, call)
    elif "owner" in call.path:
        _authorize_repository(route, call)


def _authorize_organization(route: Route, call: Call) -> None:
    account = call.world.account(call.path["org"])
    installation = call.caller.installation
    if installation is None or installation.account.id != account.id:
        raise not_found()
    if not any(call.caller.may(name, route.level) for name in route.permissions):
        raise Refusal(403, NOT_ACCESSIBLE)


def _authorize_repository(route: Route, call: Call) -> None:
    repository = call.repository
    if not call.caller.covers(repository):
        if repository.private:
            raise not_found()
        if route.level == "write" or not route.public:
            raise Refusal(403, NOT_ACCESSIBLE)
        return
    if route.permissions and not any(
        call.caller.may(name, route.level) for name in route.permissions
    ):
        raise Refusal(403, NOT_ACCESSIBLE)
