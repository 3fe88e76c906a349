"""The simulated GitHub serves any bot: one on plain gidgethub, by the fixtures alone."""

from aiohttp.test_utils import TestServer

from github_simulator import GitHubSimulator
from github_simulator.pytest import RegisteredApp
from tests.github_simulator.example_bot import make_app


async def test_a_stranger_is_greeted(github: GitHubSimulator, github_app: RegisteredApp) -> None:
    github.create_repository("octo/spoon", {"README": "A spoon.\n"})
    bot = make_app(github.api_url, github_app.id, github_app.private_key, github_app.secret)
    async with TestServer(bot) as server:
        github.webhook_url = str(server.make_url("/"))
        await github.install_app(["octo/spoon"])
        number = await github.open_pull_request(
            "octo/spoon", by="nova", title="Polish", files={"README": "A shiny spoon.\n"}
        )
        await github.settle()
    pull = github.pull_request("octo/spoon", number)
    assert [(one.login, one.body) for one in pull.comments] == [("example[bot]", "Welcome, @nova!")]
    assert pull.labels == ["new"]
    assert {delivery.status_code for delivery in github.deliveries} == {200}
