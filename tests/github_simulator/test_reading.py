"""What every read has: pages, etags, limits; and files, trees, owners."""

import base64

import pytest

from tests.github_simulator.builders import FILES, PEPS, Sandbox


async def test_long_lists_come_in_pages_linked_to_each_other(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    for index in range(5):
        await sandbox.simulator.comment(PEPS, number, "author", f"Comment {index}")
    path, seen, pages = f"/issues/{number}/comments?per_page=2", [], 0
    reply = await sandbox.client.get(path)
    while True:
        pages += 1
        seen += [comment["body"] for comment in reply.json]
        links = {
            part.partition('rel="')[2].rstrip('"'): part.partition("<")[2].partition(">")[0]
            for part in reply.headers.get("Link", "").split(", ")
        }
        if "next" not in links:
            break
        reply = await sandbox.client.send("GET", links["next"])
    assert (pages, seen) == (3, [f"Comment {index}" for index in range(5)])
    assert "last" not in links
    assert links["first"].endswith("per_page=2&page=1")


async def test_a_page_holds_a_hundred_at_most(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    for index in range(101):
        await sandbox.simulator.comment(PEPS, number, "author", f"Comment {index}")
    assert len((await sandbox.client.get(f"/issues/{number}/comments")).json) == 30
    reply = await sandbox.client.get(f"/issues/{number}/comments?per_page=1000")
    assert len(reply.json) == 100


async def test_an_unchanged_answer_costs_nothing(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    first = await sandbox.client.get(f"/pulls/{number}")
    same = await sandbox.client.get(f"/pulls/{number}", If_None_Match=first.headers["ETag"])
    assert (same.status, same.content) == (304, b"")
    left = int(first.headers["X-RateLimit-Remaining"])
    await sandbox.simulator.comment(PEPS, number, "author", "Hello")
    changed = await sandbox.client.get(f"/pulls/{number}", If_None_Match=first.headers["ETag"])
    assert changed.status == 200
    assert int(changed.headers["X-RateLimit-Remaining"]) == left - 1


@pytest.mark.parametrize(
    "accept", ["application/vnd.github.raw+json", "application/vnd.github.raw"]
)
async def test_contents_come_as_json_or_raw(sandbox: Sandbox, accept: str) -> None:
    path = "/contents/.github/CODEOWNERS?ref=main"
    as_json = (await sandbox.client.get(path)).json
    content = FILES[".github/CODEOWNERS"].encode()
    assert base64.b64decode(as_json["content"]) == content
    assert (await sandbox.client.get(path, Accept=accept)).content == content
    assert (await sandbox.client.get("/contents/absent")).status == 404
    assert (await sandbox.client.get("/contents/a.txt?ref=absent")).status == 404


async def test_a_large_file_has_no_content_in_json(sandbox: Sandbox) -> None:
    await sandbox.simulator.commit(PEPS, {"large": "x" * 1_000_001}, by="editor")
    found = (await sandbox.client.get("/contents/large")).json
    assert (found["content"], found["encoding"], found["size"]) == ("", "none", 1_000_001)
    raw = await sandbox.client.get(
        f"/git/blobs/{found['sha']}", Accept="application/vnd.github.raw"
    )
    assert len(raw.content) == 1_000_001


async def test_a_tree_is_listed_whole(sandbox: Sandbox) -> None:
    tree = (await sandbox.client.get("/git/trees/main?recursive=1")).json
    files = [entry["path"] for entry in tree["tree"] if entry["type"] == "blob"]
    assert files == [".github/CODEOWNERS", "peps/pep-0001.rst"]
    top = (await sandbox.client.get(f"/git/trees/{tree['sha']}")).json
    assert [entry["path"] for entry in top["tree"]] == [".github", "peps"]
    assert (await sandbox.client.get("/git/trees/absent")).status == 404


async def test_a_fork_s_head_can_be_read_through_the_base(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    head = sandbox.simulator.pull_request(PEPS, number).head_sha
    for ref in (head, f"refs/pull/{number}/head"):
        reply = await sandbox.client.get(f"/contents/peps/pep-0002.rst?ref={ref}")
        assert reply.status == 200


async def test_owners_that_github_would_not_take_are_reported_with_their_place(
    sandbox: Sandbox,
) -> None:
    text = (
        "# comment\n* @python/pep-editors # the editors\n/a @warsaw @author\n/b @python/absent\n"
        "/c nobody\n!/d @warsaw\n/e mail@example.com\n/f\n"
    )
    await sandbox.simulator.commit(PEPS, {".github/CODEOWNERS": text}, by="editor")
    errors = (await sandbox.client.get("/codeowners/errors")).json["errors"]
    assert [(each["line"], each["column"], each["kind"]) for each in errors] == [
        (3, 12, "Unknown owner"),
        (4, 4, "Unknown owner"),
        (5, 4, "Invalid owner"),
        (6, 1, "Invalid pattern"),
    ]
    assert {each["path"] for each in errors} == {".github/CODEOWNERS"}
    await sandbox.simulator.commit(PEPS, {".github/CODEOWNERS": None}, by="editor")
    assert (await sandbox.client.get("/codeowners/errors")).status == 404


async def test_permissions_are_reported_by_role_and_by_the_four_old_levels(
    sandbox: Sandbox,
) -> None:
    sandbox.simulator.set_collaborator(PEPS, "keeper", "maintain")
    sandbox.simulator.add_user("stranger")
    for login, permission, role in (
        ("keeper", "write", "maintain"),
        ("WARSAW", "write", "write"),
        ("stranger", "read", "read"),
    ):
        reply = (await sandbox.client.get(f"/collaborators/{login}/permission")).json
        assert (reply["permission"], reply["role_name"]) == (permission, role)
    assert (await sandbox.client.get("/collaborators/absent/permission")).status == 404


async def test_commits_are_listed_by_the_file_they_touch_and_by_time(sandbox: Sandbox) -> None:
    second = await sandbox.simulator.commit(PEPS, {"README": "New\n"}, by="author")
    await sandbox.simulator.commit(PEPS, {"LICENSE": "Free\n"}, by="author")
    listed = (await sandbox.client.get("/commits?path=README&per_page=1")).json
    assert [one["sha"] for one in listed] == [second]
    assert len((await sandbox.client.get("/commits?path=.github/CODEOWNERS")).json) == 1
    assert len((await sandbox.client.get("/commits")).json) == 3
    later = listed[0]["commit"]["committer"]["date"].replace("20", "30", 1)
    assert (await sandbox.client.get(f"/commits?since={later}")).json == []
    assert (await sandbox.client.get("/commits?since=yesterday")).status == 422
