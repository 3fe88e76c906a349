"""`/pep explain`, `/pep fix` and `/pep help`: what they say about a pull request, and to whom."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.commands.result import Suggest
from bot.commands.role import Role
from bot.peps.people import Login
from bot.review.overrides import AcceptedSponsor, Overrides, RecordedDelegate, Waiver
from bot.review.snapshot import NO_MEMORY, Memory, PullRequestState, Since, Snapshot
from bot.review.stage import finding_key, label_key
from bot.review.verdict import judge
from tests.builders import NOW, edit, new_pep, other_change, snapshot
from tests.commands.contexts import context_on, run_command
from tests.rules.builders import change, modified, pep_text

UNSPONSORED = snapshot(new_pep(pep_text(Sponsor=None)))


def reply_to_command(text: str, seen: Snapshot, *roles: Role, **values: Any) -> str:
    return run_command(text, context_on(seen, *roles, **values)).reply


def test_each_label_of_the_bot_is_explained_with_its_reason_and_date() -> None:
    since = {
        label_key("new-pep"): Since(NOW, "pull_request opened"),
        label_key("needs sponsor"): Since(NOW + timedelta(days=1), "push"),
    }
    labels = {"new-pep": "it adds a *PEP*", "needs sponsor": "sponsor:missing", "gone": "x"}
    memory = Memory(labels=labels, declined={"needs number": "number:9999"}, since=since)
    explained = reply_to_command(
        "explain", UNSPONSORED, memory=memory, labels=frozenset({"New-PEP", "needs sponsor"})
    )
    lines = explained.splitlines()
    (first,) = [line for line in lines if line.startswith("- `new-pep`: it adds a")]
    (second,) = [line for line in lines if line.startswith("- `needs sponsor`: because of")]
    assert "Since 12-May-2025 10:00 UTC" in first
    assert "Since 13-May-2025 10:00 UTC" in second
    assert "`gone`" not in explained, "it does not stand there any more"
    assert "I leave them off:**\n\n- `needs number`" in explained
    assert "These labels and findings have been there" not in explained


def test_what_came_all_at_once_is_dated_once() -> None:
    findings = judge(UNSPONSORED, NO_MEMORY).findings
    assert findings
    at = Since(NOW, "pull_request opened")
    keys = [label_key("new-pep"), *map(finding_key, findings)]
    memory = Memory(labels={"new-pep": "new"}, since=dict.fromkeys(keys, at))
    standing = frozenset({"new-pep"})
    explained = reply_to_command("explain", UNSPONSORED, memory=memory, labels=standing)
    assert explained.count("12-May-2025 10:00") == 1
    assert explained.splitlines()[-1].startswith("These labels and findings have been there ")
    later = {**memory.since, keys[0]: Since(NOW + timedelta(days=3), "push")}
    apart = reply_to_command(
        "explain", UNSPONSORED, memory=replace(memory, since=later), labels=standing
    )
    assert "These labels and findings have been there" not in apart


def test_explain_says_who_decides_on_open_peps_and_those_whose_status_changes() -> None:
    def headings(*statuses: tuple[str, str]) -> list[int]:
        files = [
            modified(
                pep_text(number, Status=before),
                pep_text(number, Status=after, Title="x"),
                f"peps/pep-{number:04}.rst",
            )
            for number, (before, after) in enumerate(statuses, start=700)
        ]
        explained = reply_to_command("explain", snapshot(change(*files)))
        return [n for n in range(700, 710) if f"The decision on PEP {n}:" in explained]

    assert headings(("Draft", "Draft"), ("Final", "Final")) == [700]
    assert headings(("Accepted", "Final"), ("Final", "Final")) == [700]
    few = [("Draft", "Draft")] * 3
    assert headings(*few) == [700, 701, 702]
    assert headings(*few * 10) == [], "a change of many PEPs is about none of them"
    assert "The decision on PEP 791:" in reply_to_command("explain", snapshot(new_pep()))
    assert "Who decides" not in reply_to_command("explain", snapshot(other_change()))


def test_explain_leaves_no_empty_sections() -> None:
    for seen in (UNSPONSORED, snapshot(other_change()), snapshot(edit(pep_text(), "x"))):
        assert "\n\n\n" not in reply_to_command("explain", seen)


def test_waived_findings_are_listed_with_their_reason() -> None:
    waiver = Waiver(Login("edda"), "it is *settled*", "https://github.com/python/peps/pull/1#x")
    overrides = Overrides(
        waivers={"sponsor": waiver},
        accepted=(AcceptedSponsor(Login("wim"), "https://e.org/1", Login("edda"), NOW),),
        delegate=RecordedDelegate(Login("paula"), Login("edda"), "https://e.org/2"),
    )
    seen = replace(UNSPONSORED, overrides=overrides)
    explained = reply_to_command("explain", seen, overrides=overrides)
    assert (
        "Skipped by `@edda`, [here](https://github.com/python/peps/pull/1#x): `it is" in explained
    )
    assert "**Recorded PEP-Delegate:** `@paula` ([source](https://e.org/2))." in explained
    assert "**Accepted as a sponsor:** `@wim` ([source](https://e.org/1))." in explained
    assert "There are no findings" not in explained
    assert "It is skipped here, so it did not run." in reply_to_command("explain sponsor", seen)
    assert "There are no findings" in reply_to_command("explain", snapshot(other_change()))


def test_a_pause_names_who_set_it_by_command_or_by_label() -> None:
    label = frozenset({"bot: paused"})
    paused = replace(UNSPONSORED, labels=label, instructions=label)
    word = Waiver(Login("edda"), "we talk", "https://github.com/python/peps/pull/1#y")
    by_command = reply_to_command(
        "explain", paused, labels=label, overrides=Overrides(pauses=(word,))
    )
    link = "[here](https://github.com/python/peps/pull/1#y)"
    assert f"**Paused** by `@edda`, {link}: `we talk`." in by_command
    assert "**Paused** by label." in reply_to_command("explain", paused, labels=label)
    set_by = replace(paused, set_by_people={"bot: paused": Login("otto"), "docs": Login("wim")})
    assert "**Paused** by label, set by `@otto`." in reply_to_command(
        "explain", set_by, labels=label
    )
    assert "**Paused**" not in reply_to_command(
        "explain", UNSPONSORED, overrides=Overrides(pauses=(word,))
    )


def test_a_rule_is_explained_with_what_it_found_here_and_each_of_several() -> None:
    explained = reply_to_command("explain sponsor number", UNSPONSORED)
    sponsor, _, number = explained.partition("**`number`: ")
    assert sponsor.startswith("**`sponsor`: ")
    assert "Here:\n\n- `sponsor`, error" in sponsor
    assert number.endswith("It found nothing here.")


def test_a_label_that_nobody_knows_an_editor_to_have_set_has_no_effect() -> None:
    labels = frozenset({"Skip sponsor", "bot: paused", "docs"})
    idle = reply_to_command("explain", UNSPONSORED, labels=labels)
    assert (
        "**Without effect:** `Skip sponsor` and `bot: paused`, since I do not know of a PEP editor"
        in idle
    )
    assert "Without effect" not in reply_to_command(
        "explain", UNSPONSORED, labels=frozenset({"docs"})
    )


def test_what_can_be_fixed_is_suggested_and_nothing_where_there_is_nothing() -> None:
    assert (
        reply_to_command("fix", snapshot(new_pep()))
        == "There is nothing that I can fix mechanically."
    )
    wrong = pep_text(Type="standards track", Status="draft")
    result = run_command("fix", context_on(snapshot(new_pep(wrong))))
    (effect,) = result.effects
    assert isinstance(effect, Suggest)
    lines = [line for one in effect.suggestions for line in one.lines]
    assert lines == ["Status: Draft", "Type: Standards Track"]
    assert run_command("fix sponsor", context_on(snapshot(new_pep(wrong)))).effects == ()


def test_help_lists_what_somebody_may_say_where_they_are() -> None:
    editors = reply_to_command("help", UNSPONSORED)
    assert editors.startswith("Here you are a PEP editor. You can use")
    assert "- `/pep skip " in editors
    guests = reply_to_command("help", UNSPONSORED, Role.ANYONE)
    assert guests.startswith("Here you are a guest. You can use")
    assert "- `/pep sponsor`" in guests
    assert "/pep skip" not in guests
    both = reply_to_command("help", UNSPONSORED, Role.AUTHOR, Role.SPONSOR)
    assert both.startswith("Here you are an author and a sponsor. You can use")
    merged = replace(UNSPONSORED, state=PullRequestState.MERGED)
    assert "/pep skip" not in reply_to_command("help", merged)
    assert "- `/pep number`" in reply_to_command("help", merged)
    on_issue = run_command("help", context_on(None)).reply
    assert "/pep skip" not in on_issue
    assert "- `/pep number`" in on_issue
    assert "(for a PEP editor)" in reply_to_command("help skip", UNSPONSORED)


def test_a_command_out_of_place_is_refused_with_a_reason() -> None:
    assert "works on pull requests only" in run_command("check", context_on(None)).reply
    closed = snapshot(new_pep(), state=PullRequestState.CLOSED)
    assert "works on open pull requests only" in reply_to_command("check", closed)
    assert "is for a PEP editor." in reply_to_command(
        "skip sponsor because x", UNSPONSORED, Role.AUTHOR
    )
    unread = reply_to_command(
        "skip sponsor because x", UNSPONSORED, Role.AUTHOR, editors_known=False
    )
    assert "nobody counts as one now" in unread
    assert "nobody counts as one now" not in reply_to_command(
        "fix", snapshot(edit("a", "b")), Role.AUTHOR, editors_known=False
    )
    elsewhere = reply_to_command("submit 700", UNSPONSORED, Role.ANYONE)
    assert "use the command on the pull request that added" in elsewhere
    assert "use the command on the pull request" not in reply_to_command(
        "submit", UNSPONSORED, Role.ANYONE
    )
