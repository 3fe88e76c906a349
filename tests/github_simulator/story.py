"""A long story in which people and the app do everything the simulator knows."""

from typing import Any

from tests.github_simulator.builders import PEPS, Client, Sandbox, annotation


async def play(sandbox: Sandbox) -> None:
    number = await sandbox.open(body="First words")
    await people_talk(sandbox, number)
    await app_reads(sandbox, number)
    await app_writes(sandbox, number)
    await people_press_buttons(sandbox, number)
    await app_meets_refusals(sandbox, number)
    await life_goes_on(sandbox, number)
    await app_reads_about_itself(sandbox.client)
    await installation_changes(sandbox)
    await sandbox.simulator.settle()


async def people_talk(sandbox: Sandbox, number: int) -> None:
    sim = sandbox.simulator
    await sim.edit_pull_request(PEPS, number, "author", "PEP 2: Newer", "Better words")
    comment = await sim.comment(PEPS, number, "warsaw", "/pep sponsor")
    await sim.edit_comment(PEPS, comment, "warsaw", "/pep unsponsor")
    gone = await sim.comment(PEPS, number, "stranger", "Buy this")
    await sim.delete_comment(PEPS, gone, "editor")
    await sim.request_review(PEPS, number, "editor", "warsaw")
    review = await sim.review(PEPS, number, "warsaw", "APPROVED", "Good")
    await sim.edit_review(PEPS, number, review, "warsaw", "Good!")
    await sim.dismiss_review(PEPS, number, review, "editor")
    await sim.review(PEPS, number, "editor", "CHANGES_REQUESTED", "")
    remark = await sim.review_comment(
        PEPS, number, "editor", "peps/pep-0002.rst", 1, "Which number?"
    )
    await sim.edit_review_comment(PEPS, number, remark, "editor", "Which one?")
    await sim.label(PEPS, number, "editor", "skip news")
    await sim.unlabel(PEPS, number, "editor", "skip news")
    await sim.assign(PEPS, number, "editor", "warsaw")
    await sim.lock(PEPS, number, "editor")
    await sim.unlock(PEPS, number, "editor")
    await sim.mark_draft(PEPS, number)
    await sim.mark_ready(PEPS, number)
    issue = await sim.open_issue(PEPS, "stranger", "A question", None)
    await sim.comment(PEPS, issue, "editor", "An answer")
    await sim.label(PEPS, issue, "editor", "question")
    await sim.close(PEPS, issue, "editor")
    await sim.reopen(PEPS, issue, "editor")
    sim.create_repository("python/elsewhere", {"README.md": "Hello\n"})
    await sim.transfer_issue(PEPS, issue, "editor", "python/elsewhere")
    spam = await sim.open_issue(PEPS, "stranger", "Buy this")
    await sim.delete_issue(PEPS, spam, "editor")


async def app_reads(sandbox: Sandbox, number: int) -> None:
    client, head = sandbox.client, sandbox.simulator.pull_request(PEPS, number).head_sha
    tip = sandbox.simulator.tip(PEPS)
    files = (await client.get(f"/pulls/{number}/files")).json
    for path in (
        "",
        "/pulls?state=all&sort=updated&direction=desc&per_page=100",
        f"/pulls/{number}",
        f"/pulls/{number}/reviews",
        f"/pulls/{number}/comments",
        f"/issues/{number}",
        f"/issues/{number}/comments",
        f"/issues/{number}/events",
        f"/issues/{number}/labels",
        "/labels",
        "/git/trees/main?recursive=1",
        f"/git/trees/{tip}",
        f"/git/blobs/{files[0]['sha']}",
        "/contents/.github/CODEOWNERS?ref=main",
        "/contents/peps",
        f"/codeowners/errors?ref={head}",
        f"/commits/{head}",
        f"/compare/{tip}...author:patch-{number}",
        "/collaborators/warsaw/permission",
        "/collaborators/stranger/permission",
    ):
        reply = await client.get(path)
        assert reply.status == 200, (path, reply.json)
    for path in (
        "/users/warsaw",
        "/orgs/python/teams/pep-editors/members",
        "/orgs/python/teams/pep-editors/memberships/editor",
        "/installation/repositories",
    ):
        reply = await client.send("GET", path)
        assert reply.status == 200, (path, reply.json)


async def app_writes(sandbox: Sandbox, number: int) -> None:
    client, head = sandbox.client, sandbox.simulator.pull_request(PEPS, number).head_sha
    await client.post("/labels", {"name": "new-pep", "color": "00ff00", "description": "New"})
    await client.post(f"/issues/{number}/labels", {"labels": ["new-pep", "needs sponsor"]})
    await client.put(f"/issues/{number}/labels", {"labels": ["new-pep", "awaiting author"]})
    await client.delete(f"/issues/{number}/labels/awaiting%20author")
    comment = (await client.post(f"/issues/{number}/comments", {"body": "Thank you!"})).json["id"]
    await client.patch(f"/issues/comments/{comment}", {"body": "Thank you again!"})
    await client.get(f"/issues/comments/{comment}")
    await client.post(f"/issues/comments/{comment}/reactions", {"content": "+1"})
    await client.get(f"/issues/comments/{comment}/reactions")
    await client.post(f"/issues/{number}/reactions", {"content": "eyes"})
    remark = (await client.get(f"/pulls/{number}/comments")).json[0]["id"]
    await client.get(f"/pulls/comments/{remark}")
    await client.post(f"/pulls/comments/{remark}/reactions", {"content": "confused"})
    await client.post(f"/issues/{number}/assignees", {"assignees": ["stranger"]})
    second = (await client.post(f"/issues/{number}/comments", {"body": "Too much"})).json["id"]
    await client.delete(f"/issues/comments/{second}")
    run = (await client.complete_check(head, actions=[BUTTON], output=output())).json["id"]
    await client.patch(f"/check-runs/{run}", {"conclusion": "failure", "output": output(2)})
    await client.get(f"/check-runs/{run}")
    await client.get(f"/check-runs/{run}/annotations")
    await client.get(f"/commits/{head}/check-runs?check_name=PEP%20editor%20checks&filter=latest")


BUTTON = {"label": "Assign", "description": "Take the number", "identifier": "assign"}


def output(line: int = 1) -> dict[str, Any]:
    return {"title": "Look", "summary": "There is something.", "annotations": [annotation(line)]}


async def people_press_buttons(sandbox: Sandbox, number: int) -> None:
    sim, head = sandbox.simulator, sandbox.simulator.pull_request(PEPS, number).head_sha
    run = sim.check_runs(PEPS, head)[0].id
    await sim.rerequest_check_run(PEPS, run, "author")
    await sim.rerequest_check_suite(PEPS, head, "author")
    await sim.request_action(PEPS, run, "assign", "editor")


async def app_meets_refusals(sandbox: Sandbox, number: int) -> None:
    client = sandbox.client
    replies = [
        await client.get("/pulls/999"),
        await client.post("/labels", {"name": "new-pep"}),
        await client.post(f"/issues/{number}/comments", {"body": "x" * 65_537}),
        await client.delete(f"/issues/{number}/labels/absent"),
        await client.send("GET", "/app"),
        await client.send("POST", "/repos/python/devguide/labels", {"name": "x"}),
    ]
    assert [reply.status for reply in replies] == [404, 422, 422, 404, 401, 403]


async def life_goes_on(sandbox: Sandbox, number: int) -> None:
    sim = sandbox.simulator
    await sim.push(PEPS, number, {"peps/pep-0002.rst": "PEP: 2\nTitle: Newest\n"})
    await sim.push(PEPS, number, {"a.txt": "a\n"}, onto=sim.tip(PEPS))
    await sim.close(PEPS, number, "author")
    await sim.reopen(PEPS, number, "author")
    inside = await sandbox.open(by="editor", from_fork=False, files={"b.txt": "b\n"})
    await sim.push(PEPS, inside, {"b.txt": "c\n"})
    head = sim.pull_request(PEPS, inside).head_sha
    await sandbox.client.complete_check(head, external_id=f"{PEPS}#{inside}")
    await sim.rerequest_check_suite(PEPS, head, "editor")
    await sim.merge(PEPS, inside, "editor")
    await sim.merge(PEPS, number, "editor")
    orphan = await sandbox.open(by="vanishing", files={"peps/pep-0001.rst": None})
    await sim.delete_head_repository(PEPS, orphan)
    await sim.comment(PEPS, orphan, "editor", "Where is it?")
    await sim.close(PEPS, orphan, "editor")
    renamed = {"peps/pep-0001.rst": None, "peps/pep-0100.rst": sim.file(PEPS, "peps/pep-0001.rst")}
    await sim.commit(PEPS, renamed, by="editor", message="Move")
    await sandbox.client.get(f"/pulls/{orphan}")
    await sandbox.client.get("/pulls?state=closed")


async def app_reads_about_itself(client: Client) -> None:
    await client.simulator.settle()
    for path in (
        "/app",
        "/app/installations",
        f"/repos/{PEPS}/installation",
        "/app/hook/deliveries?per_page=100",
    ):
        reply = await client.as_app("GET", path)
        assert reply.status == 200, (path, reply.json)
    first = reply.json[0]["id"]
    await client.as_app("GET", f"/app/hook/deliveries/{first}")
    await client.as_app("POST", f"/app/hook/deliveries/{first}/attempts")
    await client.new_token(repositories=["peps"], permissions={"contents": "read"})


async def installation_changes(sandbox: Sandbox) -> None:
    sim, installation = sandbox.simulator, sandbox.client.installation
    await sim.change_installation(installation, add=["python/devguide"])
    await sim.change_installation(installation, remove=["python/devguide"])
    await sim.revoke_permission(installation, "members")
    await sim.suspend_app(installation)
    await sim.unsuspend_app(installation)
    await sim.rename_repository(PEPS, "python/enhancements", by="editor")
    await sim.uninstall_app(installation)
