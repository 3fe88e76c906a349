"""What must never happen, whatever a pull request holds."""

import logging
import re

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt
from structlog.testing import capture_logs

from bot.cli import main
from tests.end_to_end.conftest import (
    AUTHOR,
    CODEOWNERS,
    EDITOR,
    SPONSOR,
    STRANGER,
    pep,
    with_line,
)
from tests.end_to_end.desk import BOT, REPOSITORY, SECRET, Desk
from tests.end_to_end.golden import unfolded
from tests.end_to_end.proposal import LINE, PATH, propose, set_policy

MARKER = "<!-- pep-bot:summary -->"
POLICY = ".github/pep-bot.toml"
HOSTS = {
    "peps.python.org",
    "pep-previews--1.org.readthedocs.build",
    "discuss.python.org",
    "github.com",
}


async def test_a_comment_with_the_marker_by_somebody_else_is_not_touched_nor_ever_taken_for_ours(
    desk: Desk,
) -> None:
    desk.simulator.add_user("other-bot[bot]", "Bot")
    number = await propose(desk, calm=False)
    forged = {
        await desk.simulator.comment(REPOSITORY, number, by=by, body=f"{MARKER}\nHello.")
        for by in (STRANGER, "other-bot[bot]")
    }
    await desk.calm()
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await desk.calm()
    others = [
        (one.body, one.edits)
        for one in desk.simulator.pull_request(REPOSITORY, number).comments
        if one.id in forged
    ]
    assert others == [(f"{MARKER}\nHello.", 0)] * 2
    assert "agreed here" in desk.comment(number)

    # Ours, which a person deletes, does not come back, and theirs does not take its place.
    (ours,) = [
        c for c in desk.simulator.pull_request(REPOSITORY, number).comments if c.login == BOT
    ]
    await desk.simulator.delete_comment(REPOSITORY, ours.id, by=EDITOR)
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep unsponsor")
    await desk.calm()
    assert desk.comments(number) == []
    assert desk.labels(number) == {"new-pep", "awaiting sponsor"}
    assert forged <= {one.id for one in desk.simulator.pull_request(REPOSITORY, number).comments}


async def test_a_file_of_more_than_two_megabytes_is_a_finding_and_is_not_read(desk: Desk) -> None:
    number = await propose(desk, pep(body=f"{'words ' * 100}\n" * 3_500))
    assert desk.conclusions(number) == ["failure"]
    ((path, line, level, _),) = [
        note for note in desk.annotations(number) if "2 MB" in note[3] or "megabytes" in note[3]
    ]
    assert (path, line, level) == (PATH, 1, "failure")


async def test_a_policy_counts_from_the_default_branch_only_and_then_at_once(desk: Desk) -> None:
    number = await propose(
        desk,
        files={
            PATH: pep(sponsor=None),
            ".github/CODEOWNERS": CODEOWNERS,
            POLICY: f'[labels]\nneeds_sponsor = "hacked"\n[editors]\nlogins = ["{AUTHOR}"]\n',
        },
    )
    await desk.simulator.label(REPOSITORY, number, by=AUTHOR, name="skip sponsor")
    await desk.calm()
    assert "needs sponsor" in desk.labels(number)
    assert "hacked" not in desk.labels(number)
    await set_policy(desk, '[labels]\nneeds_sponsor = "sponsor wanted"\n')
    assert desk.labels(number) >= {"sponsor wanted"}
    assert "needs sponsor" not in desk.labels(number)


async def test_a_broken_policy_is_told_and_the_defaults_hold(desk: Desk) -> None:
    await set_policy(desk, "[labels]\nnew_pep = \"x\"\nnonsense = '@everybody'\n")
    number = await propose(desk)
    assert "new-pep" in desk.labels(number)
    assert "is not followed and the defaults hold: line 3" in desk.comment(number)
    assert "@" not in desk.comment(number).replace("@ada", "")


EVIL = (
    "<img src=x onerror=alert(1)> @everybody [x](https://evil.example) ![y](//evil.example/i.png)"
)


async def test_nothing_a_stranger_wrote_becomes_a_mention_a_link_or_html(desk: Desk) -> None:
    text = pep(title=f"`{EVIL}`", author=f"{EVIL} <a@b.example>", sponsor=f"@mallory {EVIL} `")
    text = text.replace("PEP: 842", f"PEP: {EVIL}")
    evil_path = "peps/pep-`@everybody`<b>.rst"
    number = await propose(
        desk,
        title=f"PEP 1: {EVIL} `\r\n\r\n@everybody",
        body=(
            "* [x] Core dev/PEP editor listed as ``Author``: "
            f"https://discuss.python.org/t/1)[x](https://evil.example) {EVIL}\n{MARKER}\n"
        ),
        files={
            PATH: text,
            evil_path: pep("`@everybody`", sponsor=EVIL),
            ".github/CODEOWNERS": with_line(f"{PATH} @`evil` <b> {EVIL}\n{LINE} @everybody"),
        },
    )
    head = desk.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = desk.simulator.check_runs(REPOSITORY, head)
    for markdown in (*desk.comments(number), run.summary or "", run.text or ""):
        assert_harmless(markdown)
    assert run.title is not None
    assert "@" not in run.title


def assert_harmless(markdown: str) -> None:
    for block in MarkdownIt("commonmark", {"html": True}).enable("table").parse(unfolded(markdown)):
        if block.type == "html_block":
            assert block.content.strip() == MARKER or re.match(r"<sub>[^<]*</sub>$", block.content)
        for token in block.children or ():
            if token.type == "html_inline":
                assert token.content in ("<sub>", "</sub>"), token.content
            assert token.type != "image"
            if token.type == "link_open":
                assert str(token.attrs["href"]).split("/")[2] in HOSTS, token.attrs
            if token.type == "text":
                assert "@" not in token.content
                assert "://" not in token.content, token.content


async def test_no_request_follows_a_link_and_tokens_are_narrowed_to_the_repository(
    desk: Desk,
) -> None:
    bait = f"{desk.simulator.api_url}/bait"
    number = await propose(
        desk,
        pep(headers=f"Discussions-To: {bait}\nPost-History: {bait}\n", body=bait),
        body=f"Core dev/PEP editor listed as ``Author``: {bait}",
    )
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body=f"/pep sponsor\n{bait}")
    await desk.calm()
    assert not [request for request in desk.simulator.requests if "bait" in request.path]
    scopes = {r.scope for r in desk.simulator.requests if r.authorization_kind == "token"}
    assert scopes == {(REPOSITORY,)}


async def test_no_log_holds_a_secret(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        await desk.stop()
        await desk.start()
        desk.simulator.expire_tokens()
        desk.simulator.fail_next(403, match="check-runs")
        desk.simulator.fail_next(502, times=2, match="issues")
        number = await propose(desk, calm=False)
        await desk.until(lambda: desk.comments(number))
        await desk.calm()
        desk.simulator.fail_next(404, match="app/installations")
        desk.simulator.expire_tokens()
        await desk.simulator.push(REPOSITORY, number, {PATH: pep(sponsor=None)})
        await desk.calm()
    tokens = [
        request.response["token"]
        for request in desk.simulator.requests
        if request.path.endswith("/access_tokens") and "token" in (request.response or {})
    ]
    assert tokens
    assert len(logs) > 5
    assert desk.server is not None
    told = "\n".join(
        [*map(str, logs), caplog.text, *(str(r.error) for r in await desk.server.inbox.records())]
    )
    for secret in (*tokens, SECRET, desk.pem.splitlines()[3], "BEGIN PRIVATE KEY", "Bearer "):
        assert secret not in told


@pytest.mark.parametrize(
    ("secret", "words"), [("", "GH_SECRET: not set"), ("one,,two", "GH_SECRET: has an empty part")]
)
def test_the_server_does_not_start_without_a_secret(
    secret: str, words: str, pem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_APP_ID", "77")
    monkeypatch.setenv("GH_PRIVATE_KEY", pem)
    monkeypatch.setenv("GH_SECRET", secret)
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code != 0
    assert words in result.output
    assert pem.splitlines()[3] not in result.output
