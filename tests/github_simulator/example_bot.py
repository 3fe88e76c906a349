"""A bot of another author: it greets who opens a pull request. Plain gidgethub, nothing of ours."""

import aiohttp
from aiohttp import web
from gidgethub import apps, routing, sansio
from gidgethub.aiohttp import GitHubAPI

router = routing.Router()


@router.register("pull_request", action="opened")
async def greet(event: sansio.Event, github: GitHubAPI) -> None:
    pull = event.data["pull_request"]
    await github.post(pull["comments_url"], data={"body": f"Welcome, @{pull['user']['login']}!"})
    await github.post(f"{pull['issue_url']}/labels", data={"labels": ["new"]})


def make_app(api_url: str, app_id: int, private_key: str, secret: str) -> web.Application:
    async def webhook(request: web.Request) -> web.Response:
        event = sansio.Event.from_http(request.headers, await request.read(), secret=secret)
        if "installation" in event.data:
            async with aiohttp.ClientSession() as session:
                as_app = GitHubAPI(session, "example", base_url=api_url)
                answer = await apps.get_installation_access_token(
                    as_app,
                    installation_id=str(event.data["installation"]["id"]),
                    app_id=str(app_id),
                    private_key=private_key,
                )
                token = answer["token"]
                github = GitHubAPI(session, "example", oauth_token=token, base_url=api_url)
                await router.dispatch(event, github)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", webhook)
    return app
