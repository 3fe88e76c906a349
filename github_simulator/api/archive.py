"""Archives of repositories, which GitHub serves from a host of their own.

Source: https://docs.github.com/rest/repos/contents#download-a-repository-archive-tar
"""

import io
import secrets
import tarfile

from aiohttp import web

from github_simulator.api.call import Answer, Call
from github_simulator.api.routes import Route
from github_simulator.service import Service
from github_simulator.wire import not_found


def redirect_to_archive(call: Call) -> Answer:
    """`GET tarball/{ref}`: the address of the archive, with a token for it alone."""
    repository = call.repository
    sha = call.world.resolve(repository, call.path["ref"])
    if sha is None:
        raise not_found()
    token = secrets.token_hex(10)
    call.service.archives[token] = (f"{repository.owner.login}-{repository.name}-{sha[:7]}", sha)
    # Another name of this machine is another host.
    host = call.context.api.replace("127.0.0.1", "localhost")
    address = f"{host}/codeload/{repository.full_name}/legacy.tar.gz/{sha}?token={token}"
    return Answer(status=302, headers={"Location": address})


class ArchiveHost:
    """The host that serves archives."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[web.RouteDef]:
        """Where an archive is."""
        return [web.get("/codeload/{owner}/{repo}/legacy.tar.gz/{sha}", self._archive)]

    async def _archive(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization"):
            # The host is not told who asks; a token of the API must not reach it.
            raise web.HTTPBadRequest(text="This host takes no credentials.")
        found = self._service.archives.get(request.query.get("token", ""))
        if found is None or found[1] != request.match_info["sha"]:
            raise web.HTTPNotFound
        folder, sha = found
        git = self._service.world.git
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as members:
            for path, blob in git.files(sha).items():
                content = git.blob(blob) or b""
                member = tarfile.TarInfo(f"{folder}/{path}")
                member.size = len(content)
                members.addfile(member, io.BytesIO(content))
        return web.Response(body=packed.getvalue(), content_type="application/x-gzip")


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/tarball/{ref:.+}", redirect_to_archive, ("contents",)),
)
