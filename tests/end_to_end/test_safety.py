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
from tests.end_to_end.golden import unfolded
from tests.end_to_end.harness import BOT, REPOSITORY, SECRET, Harness
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
    harness: Harness,
) -> None:
    harness.simulator.add_user("other-bot[bot]", "Bot")
    number = await propose(harness, wait_until_idle=False)
    forged = {
        await harness.simulator.comment(REPOSITORY, number, by=by, body=f"{MARKER}\nHello.")
        for by in (STRANGER, "other-bot[bot]")
    }
    await harness.wait_until_idle()
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    others = [
        (one.body, one.edits)
        for one in harness.simulator.pull_request(REPOSITORY, number).comments
        if one.id in forged
    ]
    assert others == [(f"{MARKER}\nHello.", 0)] * 2
    assert "[agreed here](" in harness.comment(number)

    # Ours, which a person deletes, does not come back, and theirs does not take its place.
    (ours,) = [
        c for c in harness.simulator.pull_request(REPOSITORY, number).comments if c.login == BOT
    ]
    await harness.simulator.delete_comment(REPOSITORY, ours.id, by=EDITOR)
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep unsponsor")
    await harness.wait_until_idle()
    assert harness.comments(number) == []
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}
    assert forged <= {one.id for one in harness.simulator.pull_request(REPOSITORY, number).comments}


async def test_a_file_of_more_than_two_megabytes_is_a_finding_and_is_not_read(
    harness: Harness,
) -> None:
    number = await propose(harness, pep(body=f"{'words ' * 100}\n" * 3_500))
    assert harness.conclusions(number) == ["failure"]
    ((path, line, level, _),) = [
        note for note in harness.annotations(number) if "2 MB" in note[3] or "megabytes" in note[3]
    ]
    assert (path, line, level) == (PATH, 1, "failure")


async def test_a_policy_counts_from_the_default_branch_only_and_then_at_once(
    harness: Harness,
) -> None:
    number = await propose(
        harness,
        files={
            PATH: pep(sponsor=None),
            ".github/CODEOWNERS": CODEOWNERS,
            POLICY: f'[labels]\nneeds_sponsor = "hacked"\n[editors]\nlogins = ["{AUTHOR}"]\n',
        },
    )
    await harness.simulator.label(REPOSITORY, number, by=AUTHOR, name="skip sponsor")
    await harness.wait_until_idle()
    assert "needs sponsor" in harness.labels(number)
    assert "hacked" not in harness.labels(number)
    await set_policy(harness, '[labels]\nneeds_sponsor = "sponsor wanted"\n')
    assert harness.labels(number) >= {"sponsor wanted"}
    assert "needs sponsor" not in harness.labels(number)


async def test_a_broken_policy_is_reported_and_the_defaults_hold(harness: Harness) -> None:
    await set_policy(harness, "[labels]\nnew_pep = \"x\"\nnonsense = '@everybody'\n")
    number = await propose(harness)
    assert "new-pep" in harness.labels(number)
    assert "is not used, and the defaults apply: line 3" in harness.comment(number)
    assert "@" not in harness.comment(number).replace("@ada", "")


EVIL = (
    "<img src=x onerror=alert(1)> @everybody [x](https://evil.example) ![y](//evil.example/i.png)"
)


async def test_nothing_a_stranger_wrote_becomes_a_mention_a_link_or_html(harness: Harness) -> None:
    text = pep(title=f"`{EVIL}`", author=f"{EVIL} <a@b.example>", sponsor=f"@mallory {EVIL} `")
    text = text.replace("PEP: 842", f"PEP: {EVIL}")
    evil_path = "peps/pep-`@everybody`<b>.rst"
    number = await propose(
        harness,
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
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    for markdown in (*harness.comments(number), run.summary or "", run.text or ""):
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
    harness: Harness,
) -> None:
    bait = f"{harness.simulator.api_url}/bait"
    number = await propose(
        harness,
        pep(headers=f"Discussions-To: {bait}\nPost-History: {bait}\n", body=bait),
        body=f"Core dev/PEP editor listed as ``Author``: {bait}",
    )
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body=f"/pep sponsor\n{bait}")
    await harness.wait_until_idle()
    assert not [request for request in harness.simulator.requests if "bait" in request.path]
    scopes = {r.scope for r in harness.simulator.requests if r.authorization_kind == "token"}
    assert scopes == {(REPOSITORY,)}


async def test_no_log_holds_a_secret(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        await harness.stop()
        await harness.start()
        harness.simulator.expire_tokens()
        harness.simulator.fail_next(403, match="check-runs")
        harness.simulator.fail_next(502, times=2, match="issues")
        number = await propose(harness, wait_until_idle=False)
        await harness.until(lambda: harness.comments(number))
        await harness.wait_until_idle()
        harness.simulator.fail_next(404, match="app/installations")
        harness.simulator.expire_tokens()
        await harness.simulator.push(REPOSITORY, number, {PATH: pep(sponsor=None)})
        await harness.wait_until_idle()
    tokens = [
        request.response["token"]
        for request in harness.simulator.requests
        if request.path.endswith("/access_tokens") and "token" in (request.response or {})
    ]
    assert tokens
    assert len(logs) > 5
    assert harness.server is not None
    told = "\n".join(
        [
            *map(str, logs),
            caplog.text,
            *(str(r.error) for r in await harness.server.inbox.records()),
        ]
    )
    for secret in (*tokens, SECRET, harness.pem.splitlines()[3], "BEGIN PRIVATE KEY", "Bearer "):
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
