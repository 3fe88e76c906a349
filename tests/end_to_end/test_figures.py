"""/metrics of a working bot: it counts what really happened, and has no strangers' text."""

import re
from datetime import timedelta

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.github.write.outbox import WRITE_NAMES
from bot.rules.engine import registry
from github_simulator.wire import now_utc
from tests.end_to_end.conftest import AUTHOR, EDITOR, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import Files, propose

PEP_FILES: Files = {"peps/pep-9999.rst": pep(9999, sponsor=None)}


async def figures(harness: Harness) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """What /metrics says, by name and labels."""
    async with aiohttp.ClientSession() as session, session.get(harness.url("/metrics")) as answer:
        text = await answer.text()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def by_label(harness: Harness, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """The figures of a metric that are not 0, by the values of these labels."""
    found = {}
    for (metric, pairs), value in (await figures(harness)).items():
        if metric == name and value:
            found[tuple(dict(pairs)[label] for label in labels)] = value
    return found


async def test_writes_are_counted_when_they_were_made_and_findings_when_they_were_told(
    harness: Harness,
) -> None:
    number = await propose(harness, files=PEP_FILES, title="PEP 9999: Calm")
    made = {
        ("create check run", "written"): 1,
        ("create comment", "written"): 1,
        ("add labels", "written"): 1,
    }
    found = {("sponsor", "error"): 1, ("number", "warning"): 1}
    assert await by_label(harness, "pepbot_writes_total", "kind", "outcome") == made
    assert await by_label(harness, "pepbot_findings_total", "rule", "severity") == found
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Anybody there?")
    await harness.wait_until_idle()
    assert await by_label(harness, "pepbot_writes_total", "kind", "outcome") == made
    assert await by_label(harness, "pepbot_findings_total", "rule", "severity") == found
    reviews = await by_label(harness, "pepbot_reviews_total", "kind", "conclusion")
    assert reviews == {("new PEP", "failure"): 2}


@pytest.mark.exhaustive
async def test_what_github_refuses_is_not_counted_as_written(harness: Harness) -> None:
    await harness.simulator.revoke_permission(harness.installation, "checks")
    await harness.wait_until_idle()
    await propose(harness)
    writes = await by_label(harness, "pepbot_writes_total", "kind", "outcome")
    assert writes["create check run", "refused"] == 1
    assert ("create check run", "written") not in writes
    assert writes["create comment", "written"] == 1
    assert await by_label(harness, "pepbot_findings_total", "rule") == {}


@pytest.mark.exhaustive
async def test_a_write_whose_end_is_unknown_is_counted_once_it_is_known(harness: Harness) -> None:
    harness.simulator.drop_connections(r"PATCH .*/issues/comments", after=True)
    number = await propose(harness, files=PEP_FILES, title="PEP 9999: Calm")
    await harness.simulator.push(REPOSITORY, number, {"peps/pep-9999.rst": pep(9999)})
    await harness.wait_until_idle()
    writes = await by_label(harness, "pepbot_writes_total", "kind", "outcome")
    assert writes["update comment", "written"] == 1
    attempts = await by_label(harness, "pepbot_attempts_total", "outcome")
    assert attempts["retried",] == 1


@pytest.mark.exhaustive
async def test_a_dry_run_writes_nothing_and_counts_nothing_as_written(harness: Harness) -> None:
    await harness.stop()
    harness.overrides["dry_run"] = True
    await harness.start()
    await propose(harness)
    outcomes = await by_label(harness, "pepbot_writes_total", "outcome", "kind")
    assert {outcome for outcome, _ in outcomes} == {"recorded"}


@pytest.mark.exhaustive
async def test_requests_and_what_is_left_of_them_are_reported(harness: Harness) -> None:
    await propose(harness)
    account = f"installation {harness.installation}"
    left = await by_label(harness, "pepbot_github_quota_remaining", "account")
    limit = await by_label(harness, "pepbot_github_quota_limit", "account")
    assert 0 < left[account,] < limit[account,]
    assert (await by_label(harness, "pepbot_github_quota_reset_timestamp_seconds", "account"))[
        account,
    ]
    found = await figures(harness)
    sent = [value for (name, _), value in found.items() if name == "pepbot_github_requests_total"]
    assert sum(sent) > 3
    assert found["pepbot_github_request_seconds_count", frozenset()] > 3
    assert found["pepbot_delivery_seconds_count", frozenset()] > 0


async def test_a_restart_is_no_silence(harness: Harness) -> None:
    await propose(harness)
    last = await by_label(harness, "pepbot_last_delivery_timestamp_seconds")
    assert last
    await harness.stop()
    harness.clock = lambda: now_utc() + timedelta(days=1)
    with harness.simulator.lost_webhooks():
        await harness.start()
        assert harness.server is not None
        # The start itself has to look: this inbox will not tell any more.
        harness.server.inbox.refuse("the store is damaged")
        again = await by_label(harness, "pepbot_last_delivery_timestamp_seconds")
    # What was ignored is not kept, so that it may have been a little later.
    assert again[()] == pytest.approx(last[()], abs=60)


CLOSED: dict[str, str] = {
    "outcome": r"accepted|duplicate|ignored|ping|refused-(400|401|413|503)"
    r"|done|retried|buried|handed_back|written|refused|recorded",
    "state": "queued|running|done|dead",
    "method": "GET|POST|PUT|PATCH|DELETE",
    "status": r"0|[1-5]\d\d",
    "account": r"app|anonymous|installation \d+",
    "severity": "error|warning|notice",
    "priority": "sweep|review|command",
    "conclusion": "success|neutral|failure",
    "rule": "|".join(one.id for one in registry.all_rules()),
    "kind": "new PEP|status change|edit|owners|other|" + "|".join(WRITE_NAMES),
    "le": r"[\d.e+]+|\+Inf",
    "version": r"[\w.+]+",
    "python": r"[\w.+]+",
}


@pytest.mark.exhaustive
async def test_no_label_is_a_strangers(harness: Harness) -> None:
    evil = "evil\x1b[31m"
    await propose(
        harness,
        files={"peps/pep-0842.rst": pep(sponsor=evil, title=evil), f"{evil}.rst": evil},
        title=f"PEP 842: {evil}",
    )
    await harness.simulator.label(REPOSITORY, 1, by=EDITOR, name=f"skip {evil}")
    await harness.wait_until_idle()
    for _, labels in await figures(harness):
        for name, value in labels:
            assert re.fullmatch(CLOSED[name], value), f"{name}={value!r}"
