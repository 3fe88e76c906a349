"""People are read by age; what cannot be read is told, and nobody is made an editor by guess."""

from datetime import timedelta

import pytest

from bot.github.client.client import Gone, NotAllowed, TryLater
from bot.github.read.people_reader import PeopleReader
from bot.policy.load import default_policy
from bot.policy.model import Editors, Policy
from bot.store.documents import ALL_EDITORS, Document
from tests.github.reading import (
    CODEOWNERS,
    CORE_TEAM,
    CSV,
    EDITORS,
    NOON,
    REPOSITORY,
    Clock,
    FakeClients,
    FakeGitHub,
    FakeStore,
)

POLICY = default_policy()


class Harness:
    def __init__(self) -> None:
        self.github, self.nobody = FakeGitHub(), FakeGitHub()
        self.store, self.clock = FakeStore(), Clock()
        self.restart()

    def restart(self) -> None:
        clients = FakeClients(self.github, self.nobody)
        self.people = PeopleReader(clients, self.store, self.clock)

    def fail(self, failure: Exception) -> None:
        self.github.answers[CORE_TEAM] = self.nobody.answers[CORE_TEAM] = failure


async def test_the_list_is_read_once_in_twelve_hours_even_over_a_restart() -> None:
    harness = Harness()
    reading = await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    assert reading.team is not None
    assert [member.login for member in reading.team.members] == ["vstinner", "warsaw"]
    assert reading.notes == ()
    harness.restart()
    harness.clock.now += timedelta(hours=11)
    await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    assert harness.github.requests == [CORE_TEAM]
    harness.clock.now += timedelta(hours=2)
    await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    assert harness.github.requests == [CORE_TEAM, CORE_TEAM]


async def test_a_list_is_notified_when_it_is_the_first_or_differs_from_the_copy_before_it() -> None:
    harness, notified = Harness(), list[tuple[str, str]]()

    async def notify(_installation: int, before: Document, text: str) -> None:
        notified.append((before.text, text))

    harness.people = PeopleReader(
        FakeClients(harness.github, harness.nobody),
        harness.store,
        harness.clock,
        on_changed_list=notify,
    )
    more = f"{CSV}Nova First,nova,2026-01-01,,\n"
    for text in (CSV, CSV, CSV.replace("\n", "\r\n"), more):
        harness.github.answers[CORE_TEAM] = text.encode()
        await harness.people.core_team(harness.github, REPOSITORY, POLICY, refresh=True)
    assert notified == [("", CSV), (CSV.replace("\n", "\r\n"), more)]


async def test_the_list_is_read_without_a_token_where_the_app_may_not() -> None:
    harness = Harness()
    harness.github.answers[CORE_TEAM] = NotAllowed("no")
    reading = await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    assert reading.team is not None
    assert harness.nobody.requests == [CORE_TEAM]


@pytest.mark.parametrize("failure", [Gone("moved"), TryLater("down"), b"\xff", b"N,n,soon,,", b""])
async def test_the_last_good_copy_is_used_and_its_age_noted(failure: object) -> None:
    harness = Harness()
    await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    harness.github.answers[CORE_TEAM] = harness.nobody.answers[CORE_TEAM] = failure
    harness.clock.now += timedelta(days=3)
    harness.restart()
    reading = await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    assert reading.team is not None
    assert "3 days old" in reading.notes[0]
    assert (
        await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    ).notes == reading.notes
    assert len(harness.github.requests) == 2, "a failure is not repeated at once"


async def test_a_copy_of_the_same_day_needs_no_note() -> None:
    harness = Harness()
    await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    harness.fail(TryLater("down"))
    harness.clock.now += timedelta(hours=20)
    reading = await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    assert reading.notes == ()


async def test_a_missing_list_is_noted() -> None:
    harness = Harness()
    harness.fail(Gone("moved"))
    reading = await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    assert reading.team is None
    assert len(reading.notes) == 1


async def test_an_outage_without_any_copy_is_waited_out() -> None:
    harness = Harness()
    harness.fail(TryLater("down"))
    with pytest.raises(TryLater):
        await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    harness.github.answers[CORE_TEAM] = CSV.encode()
    assert (await harness.people.core_team(harness.github, REPOSITORY, POLICY)).team is not None


async def test_a_refresh_reads_the_list_whatever_its_age() -> None:
    harness = Harness()
    await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    harness.github.answers[CORE_TEAM] = b"New Member,newmember,2025-06-01,,\n"
    reading = await harness.people.core_team(harness.github, REPOSITORY, POLICY, refresh=True)
    assert reading.team is not None
    assert [member.login for member in reading.team.members] == ["newmember"]


async def test_a_spoilt_copy_is_replaced() -> None:
    harness = Harness()
    name = "core-team:7:python/devguide/core-team/core-team.csv"
    harness.store.documents[name] = Document("N,n,soon,,", NOON)
    assert (await harness.people.core_team(harness.github, REPOSITORY, POLICY)).team is not None
    assert harness.store.documents[name].text == CSV


def with_editors(**fields: frozenset[str]) -> Policy:
    return POLICY.model_copy(update={"editors": Editors.model_validate(fields)})


async def test_editors_are_the_teams_of_the_star_line_by_default() -> None:
    harness = Harness()
    harness.github.answers[EDITORS] = [{"login": "hugovk"}, {"login": "AA-Turner"}]
    reading = await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS)
    assert reading.logins == {"hugovk", "AA-Turner"}
    await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS)
    assert harness.github.requests == [EDITORS]


async def test_the_policy_names_editors_instead() -> None:
    harness = Harness()
    policy = with_editors(logins=frozenset({"rosuav"}))
    reading = await harness.people.editors(harness.github, REPOSITORY, policy, CODEOWNERS)
    assert reading.logins == {"rosuav"}
    assert harness.github.requests == []


@pytest.mark.parametrize("failure", [Gone("no"), NotAllowed("members: read is missing")])
async def test_unreadable_editors_are_nobody(failure: Exception) -> None:
    harness = Harness()
    harness.github.answers[EDITORS] = failure
    reading = await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS)
    assert reading.logins is None
    assert len(reading.notes) == 1


async def test_named_editors_stand_though_a_team_cannot_be_read() -> None:
    harness = Harness()
    policy = with_editors(logins=frozenset({"rosuav"}), teams=frozenset({"python/gone"}))
    reading = await harness.people.editors(harness.github, REPOSITORY, policy, CODEOWNERS)
    assert reading.logins == {"rosuav"}
    assert len(reading.notes) == 1


async def test_without_codeowners_nobody_is_an_editor() -> None:
    harness = Harness()
    assert (await harness.people.editors(harness.github, REPOSITORY, POLICY, None)).logins is None


async def test_teams_are_read_again_after_an_hour() -> None:
    harness = Harness()
    await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS)
    harness.clock.now += timedelta(minutes=61)
    await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS)
    assert harness.github.requests == [EDITORS, EDITORS]


async def test_what_one_process_learns_of_a_team_holds_for_all() -> None:
    harness = Harness()
    others = FakeGitHub()
    other = PeopleReader(FakeClients(others), harness.store, harness.clock)
    await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS)
    harness.clock.now += timedelta(minutes=59)
    await other.editors(others, REPOSITORY, POLICY, CODEOWNERS)
    assert others.requests == []
    harness.clock.now += timedelta(minutes=2)
    others.answers[EDITORS] = [{"login": "newcomer"}]
    await other.editors(others, REPOSITORY, POLICY, CODEOWNERS)
    reading = await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS)
    assert reading.logins == {"newcomer"}


async def test_a_list_that_another_process_read_anew_holds_at_once() -> None:
    harness = Harness()
    other = PeopleReader(FakeClients(harness.github), harness.store, harness.clock)
    await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    harness.github.answers[CORE_TEAM] = f"{CSV}Nova First,nova,2026-01-01,,\n".encode()
    await other.core_team(harness.github, REPOSITORY, POLICY, refresh=True)
    reading = await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    assert reading.team is not None
    assert "nova" in {member.login for member in reading.team.members}


async def test_a_list_is_stored_before_it_is_notified_and_notified_again_after_a_crash() -> None:
    harness, seen = Harness(), list[str]()

    async def notify(_installation: int, before: Document, text: str) -> None:
        (copy,) = [
            document.text
            for name, document in harness.store.documents.items()
            if name.startswith("core-team:") and not name.endswith(":told")
        ]
        seen.append(copy)
        if len(seen) == 1:
            raise RuntimeError("the process ends here")

    harness.people = PeopleReader(
        FakeClients(harness.github), harness.store, harness.clock, on_changed_list=notify
    )
    with pytest.raises(RuntimeError):
        await harness.people.core_team(harness.github, REPOSITORY, POLICY)
    await harness.people.core_team(harness.github, REPOSITORY, POLICY, refresh=True)
    await harness.people.core_team(harness.github, REPOSITORY, POLICY, refresh=True)
    assert seen == [CSV, CSV]


async def test_a_refresh_reads_the_teams_whatever_their_age() -> None:
    harness = Harness()
    await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS)
    await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS, refresh=True)
    assert harness.github.requests == [EDITORS, EDITORS]


async def test_whoever_was_seen_to_be_an_editor_is_noted_for_good() -> None:
    harness = Harness()
    for members in (["HugoVK", "warsaw"], ["newcomer"], NotAllowed("no")):
        harness.github.answers[EDITORS] = (
            members if isinstance(members, Exception) else [{"login": login} for login in members]
        )
        await harness.people.editors(harness.github, REPOSITORY, POLICY, CODEOWNERS, refresh=True)
    kept = harness.store.documents[ALL_EDITORS.of(REPOSITORY)]
    assert kept.text.split() == ["hugovk", "newcomer", "warsaw"]
