"""The comment's facts, as golden examples give them; the sentences may change, the facts not."""

import re
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.peps.change import Change
from bot.peps.people import CoreTeamMember, Login
from bot.policy.in_office import editors_to_mention
from bot.policy.load import default_policy
from bot.policy.model import Editors
from bot.review.reconcile import WriteComment, plan_writes
from bot.review.snapshot import Memory, PullRequestState, Snapshot
from bot.rules.engine.context import ActKind, Context
from tests.builders import (
    comment_memory,
    comment_text,
    edit,
    new_pep,
    other_change,
    own,
    review_context,
    said,
    seen_open,
    snapshot,
    wanted,
)
from tests.rules.builders import (
    OWNERS_BEFORE,
    act,
    added,
    change,
    council_since,
    ledger,
    longer,
    modified,
    owners_with,
    pep_text,
    policy,
    team,
)

POST = "https://discuss.python.org/t/91337/47"
LINKED = f"* [x] Core dev/PEP editor listed as sponsor: {POST}\n"
AGREED = (act(ActKind.CONSENT),)


def comment_on_one_line(snapshot_: Snapshot) -> str:
    """The comment as one line, so that wrapping does not matter."""
    return " ".join(comment_text(snapshot_).split())


def open_pull_request(text: str | None = None, *, acts: Any = (), **more: Any) -> Snapshot:
    return snapshot(new_pep(text, **more), context=review_context(acts=acts))


def test_it_begins_with_the_marker() -> None:
    assert comment_text(snapshot()).startswith("<!-- pep-bot:summary -->\n")


def test_a_linked_post_stops_the_question_but_is_no_consent() -> None:
    words = comment_on_one_line(
        open_pull_request(pep_text(791, **{"Discussions-To": "Pending"}), body=LINKED)
    )
    assert "Thank you for PEP 791!" in words
    assert "**Next: a PEP editor reviews it.**" in words
    assert "**Number 791** is the next free one; file, header, title and CODEOWNERS agree" in words
    assert f"**Sponsor: Vera Core**, core developer. You linked [a post]({POST})" in words
    assert "I have not read it" in words
    assert "`/pep sponsor`" in words
    assert "**Decided by** the Steering Council" in words
    assert "`Discussions-To: Pending` is fine for now." in words
    assert "(https://pep-previews--4422.org.readthedocs.build/pep-0791/)" in words


def test_only_the_sponsors_line_changes_when_the_sponsor_agrees() -> None:
    before = comment_text(open_pull_request(body=LINKED)).splitlines()
    after = comment_text(open_pull_request(body=LINKED, acts=AGREED)).splitlines()
    (changed,) = set(after) - set(before)
    assert changed == f"- **Sponsor: Vera Core**, core developer, [agreed here]({AGREED[0].url})."


def test_without_number_and_sponsor_both_steps_are_listed() -> None:
    text = pep_text(9999, Sponsor=None)
    lacking = open_pull_request(
        text, path="peps/pep-9999.rst", owners=OWNERS_BEFORE, title="A proposal"
    )
    words = comment_on_one_line(lacking)
    assert "Thank you for this proposal!" in words
    assert "Two steps are **yours**" in words
    assert "1. **Find a sponsor.**" in words
    assert "`Sponsor: Name <email>`" in words
    assert "2. **Use number 791.**" in words
    assert "`peps/pep-0791.rst`" in words
    assert "CODEOWNERS line depends on the sponsor" in words
    assert "[About sponsors]" in words
    assert "Decided by" not in words


ASK = "If you are unsure, just ask here, and mention `@python/pep-editors`."


@pytest.mark.parametrize(
    ("text", "is_stuck"),
    [
        (pep_text(791, Sponsor=None), True),
        (pep_text(791, Sponsor="Mallory Mint"), True),
        (pep_text(790), True),
        (pep_text(9999), False),
        (pep_text(Created="then"), False),
    ],
)
def test_where_an_author_may_be_stuck_it_says_once_how_to_reach_the_editors(
    text: str, is_stuck: bool
) -> None:
    number = int(text.partition("\n")[0].removeprefix("PEP: "))
    words = comment_on_one_line(open_pull_request(text, path=f"peps/pep-{number:04}.rst"))
    assert words.count("@python/pep-editors") == words.count(ASK) == is_stuck


def test_whoever_waits_for_the_editors_is_not_led_to_call_them() -> None:
    assert "@python/pep-editors" not in comment_on_one_line(open_pull_request(acts=AGREED))


def test_the_editors_to_mention_are_those_that_the_policy_names() -> None:
    stuck = open_pull_request(pep_text(791, Sponsor=None))
    editors = Editors(logins=frozenset({Login("edda"), Login("otto")}))
    policy = stuck.context.policy.model_copy(update={"editors": editors})
    context = replace(stuck.context, editor_mentions=editors_to_mention(policy, OWNERS_BEFORE))
    assert "mention `@edda @otto`." in comment_on_one_line(replace(stuck, context=context))


TWINS = team(
    CoreTeamMember("Anna B. Twin", Login("anna1"), date(2010, 1, 1), None),
    CoreTeamMember("Anna C. Twin", Login("anna2"), date(2010, 1, 1), None),
)


@pytest.mark.parametrize(
    ("headers", "line"),
    [
        (
            {"Sponsor": "Anna Twin"},
            "**Sponsor: Anna Twin.** I cannot tell for sure who that is (perhaps",
        ),
        (
            {"Author": "Anna Twin", "Sponsor": None},
            "**Sponsor:** whether one is needed depends on who Anna Twin is (perhaps",
        ),
    ],
)
def test_an_unclear_name_is_called_what_it_is(headers: dict[str, str | None], line: str) -> None:
    change = new_pep(pep_text(**headers))
    words = comment_on_one_line(snapshot(change, context=review_context(core_team=TWINS)))
    assert f"- {line} Anna B. Twin or Anna C. Twin); an editor will check." in words


def test_a_sponsor_who_may_be_an_editor_is_left_to_the_editors() -> None:
    change = new_pep(pep_text(Sponsor="Olaf Outsider"))
    people = policy().people.model_copy(update={"known": {"Olaf Outsider": Login("olaf")}})
    context = review_context(policy=policy().model_copy(update={"people": people}), editors=None)
    assert "I cannot tell who the PEP editors are" in comment_on_one_line(
        snapshot(change, context=context)
    )


def test_a_line_that_waits_for_an_unclear_sponsor_does_not_blame_the_number() -> None:
    change = new_pep(pep_text(Sponsor="Anna Twin"), owners=OWNERS_BEFORE)
    words = comment_on_one_line(snapshot(change, context=review_context(core_team=TWINS)))
    assert "CODEOWNERS line depends on the sponsor" in words


def test_without_the_core_teams_list_nothing_is_promised_about_codeowners() -> None:
    change = new_pep(owners=OWNERS_BEFORE)
    words = comment_on_one_line(snapshot(change, context=review_context(core_team=None)))
    assert "CODEOWNERS line depends" not in words


def test_an_awaited_sponsor_is_the_one_thing_missing() -> None:
    words = comment_on_one_line(open_pull_request(pep_text(Sponsor="Tina Typing", Topic="Typing")))
    assert "**the sponsor still has to agree**" in words
    assert "**Sponsor: Tina Typing**, Typing Council member, who may sponsor." in words
    assert "an approval, or a comment with `/pep sponsor`, is enough" in words
    assert "https://github.com/python/typing-council/issues/new" in words


def test_the_typing_council_comes_before_the_steering_council_which_gets_no_unpublished_pep() -> (
    None
):
    thread = {"Discussions-To": "https://discuss.python.org/t/imath/91337"}
    words = comment_on_one_line(
        open_pull_request(pep_text(Sponsor="Tina Typing", Topic="Typing", **thread))
    )
    assert "the Steering Council, after the [Typing Council's recommendation](" in words
    assert "ask for that once the discussion has settled." in words
    assert "Steering Council](" not in words


def test_a_new_pep_on_how_packaging_is_governed_names_the_foundations_board() -> None:
    text = pep_text(Topic="Governance, Packaging", Type="Process", **{"Python-Version": None})
    the_context = review_context(today=date(2025, 8, 13))
    words = comment_on_one_line(snapshot(new_pep(text), context=the_context))
    assert (
        "**Decided by** the Steering Council and the board of the Python Software Foundation, "
        "after public discussion."
    ) in words


def test_an_election_is_decided_by_the_voters() -> None:
    words = comment_on_one_line(
        open_pull_request(pep_text(8107), path="peps/pep-8107.rst", title="PEP 8107: x")
    )
    assert "**Decided by** the core team, by a vote (PEP 13)." in words


def test_an_election_of_the_packaging_council_is_decided_by_its_electors() -> None:
    text = pep_text(8108, Title="2027 Packaging Council election")
    the_change = new_pep(text, path="peps/pep-8108.rst", title="PEP 8108: x")
    words = comment_on_one_line(
        snapshot(the_change, context=review_context(today=date(2026, 11, 30)))
    )
    assert (
        "**Decided by** the vote of the [Packaging Council](https://peps.python.org/pep-0772/)'s "
        "electors."
    ) in words
    assert "core team, which votes" not in words


def test_a_codeowners_line_is_mentioned_once() -> None:
    words = comment_on_one_line(open_pull_request(owners=owners_with("peps/pep-0791.rst  @wim")))
    assert "Line 5: **Complete the line in `.github/CODEOWNERS`.**" in words


def test_a_standing_delegate_decides_on_packaging() -> None:
    text = pep_text(**{"Topic": "Packaging", "PEP-Delegate": "Paula Packaging"})
    words = comment_on_one_line(open_pull_request(text))
    assert "**Decided by** Paula Packaging as PEP-Delegate" in words
    assert "https://discuss.python.org/c/packaging/14" in words
    assert "No Steering Council issue is needed." in words


def switched() -> Context:
    """On a day on which the Packaging Council decides."""
    day = date(2026, 11, 1)
    return review_context(policy=council_since(day), today=day)


def test_after_the_switch_the_packaging_council_decides() -> None:
    words = comment_on_one_line(snapshot(new_pep(pep_text(Topic="Packaging")), context=switched()))
    assert (
        "**Decided by** the Packaging Council, after discussion in the [Packaging category]"
        "(https://discuss.python.org/c/packaging/14). No Steering Council issue is needed."
    ) in words


def test_a_working_group_named_as_the_delegate_does_not_decide() -> None:
    words = comment_on_one_line(
        open_pull_request(pep_text(**{"PEP-Delegate": "C API Working Group"}))
    )
    assert "**Decided by** the Steering Council, after public discussion." in words
    assert "A delegate is a person" in words


def hinting(the_change: Change, *, asked: bool = True) -> str:
    """The comment where the policy asks for work groups, or does not."""
    groups = default_policy().work_groups
    wanting = policy().model_copy(update={"suggest_work_groups": asked, "work_groups": groups})
    return comment_on_one_line(snapshot(the_change, context=review_context(policy=wanting)))


def test_the_fold_names_a_work_group_once_and_only_where_the_policy_asks() -> None:
    about_tls = new_pep(pep_text(Title="A TLS client for HTTP"))
    words = hinting(about_tls)
    assert words.count("Python HTTP working group") == 1
    hint = (
        "<details><summary>For the author</summary> The Python HTTP working group helps people "
        "outside the group to write and review PEPs about HTTP, TLS and URLs. You can reach it on "
        "[its page](https://github.com/python-http), but you do not have to. </details>"
    )
    assert hint in words
    assert "This may interest" not in words, "the author is told, not the editors"
    for silent in (hinting(about_tls, asked=False), hinting(new_pep(pep_text(Title="imath")))):
        assert "This may interest" not in silent
        assert "For the author" not in silent


def test_of_two_groups_there_is_one_line_without_a_mention() -> None:
    words = hinting(new_pep(pep_text(Title="The logo of python.org")))
    assert (
        "This may interest the PSF Infrastructure work group (infrastructure at python.org) and "
        "the PSF Trademarks work group (psf-trademarks at python.org)."
    ) in words
    assert words.count("This may interest") == 1
    assert "@" not in words.partition("This may interest")[2]


def test_a_published_pep_names_no_work_group() -> None:
    before = pep_text(758, Title="HTTP", Status="Rejected")
    words = hinting(edit(before, before.replace("Status: Rejected", "Status: Final")))
    assert "<details>" in words
    assert "This may interest" not in words


def test_a_number_that_later_peps_overtook_stays_its_authors() -> None:
    overtaken = snapshot(
        context=review_context(
            numbers=ledger((*range(700, 778), *range(779, 786), *range(787, 791), 793, 794))
        )
    )
    words = comment_on_one_line(overtaken)
    assert "**Number 791**" in words
    assert "792" not in words
    below = new_pep(pep_text(786), path="peps/pep-0786.rst", title="PEP 786: x")
    mine = review_context(numbers=ledger(claims={4422: 786}))
    words = comment_on_one_line(snapshot(below, context=mine))
    assert "**Number 786**: file, header, title and CODEOWNERS agree. It is yours" in words


def test_of_several_lower_free_numbers_the_next_is_mentioned() -> None:
    words = comment_on_one_line(
        snapshot(new_pep(), context=review_context(numbers=ledger(range(700, 789))))
    )
    assert (
        "**Number 791** is free, so you can keep it. (789 is also free and would be next" in words
    )


def test_a_forgotten_owners_line_is_given_ready_to_paste() -> None:
    lacking = snapshot(new_pep(pep_text(Author="Vera Core", Sponsor=None), owners=OWNERS_BEFORE))
    text = comment_text(lacking)
    assert "\n\n    peps/pep-0791.rst  @Vera\n\n" in text
    assert "after the entry for PEP 777" in text
    assert "**One step is yours**" in text
    assert "none is needed, because the author is a core developer" in text
    assert "**Number 791**" in text


def test_created_long_before_is_only_a_notice() -> None:
    words = comment_on_one_line(
        open_pull_request(pep_text(Created="03-Feb-2025"), acts=AGREED, opened=date(2025, 3, 13))
    )
    assert "13-Mar-2025" in words
    assert "There is nothing you need to do now." in words


def test_a_draft_gets_its_next_step() -> None:
    assert "Mark the pull request as ready" in comment_on_one_line(
        open_pull_request(acts=AGREED, draft=True)
    )


def test_a_withdrawn_consent_is_mentioned() -> None:
    words = comment_on_one_line(
        open_pull_request(acts=(act(ActKind.CONSENT), act(ActKind.WITHDRAWAL, minute=1)))
    )
    assert "[no longer agrees](" in words


def test_without_the_core_teams_list_nobody_is_accused() -> None:
    words = comment_on_one_line(snapshot(context=review_context(core_team=None)))
    assert "I could not read the core team list" in words
    assert "Find a sponsor" not in words


def test_nobody_is_mentioned_and_no_address_is_shown() -> None:
    for shown in (
        comment_text(open_pull_request(acts=AGREED)),
        comment_text(open_pull_request(owners=owners_with("peps/pep-0791.rst  @wim"))),
    ):
        outside_code = "".join(
            part
            for line in shown.splitlines()
            if not line.startswith("    ")
            for part in line.split("`")[::2]
        )
        assert "@" not in outside_code
        assert "example.org" not in shown


def test_an_edit_with_nothing_to_fix_gets_no_comment() -> None:
    plain = edit(pep_text(758), longer(pep_text(758), "x"))
    assert wanted(snapshot(plain)).comments == ()
    before = snapshot(plain, conversation=said(own("Something is wrong.")))
    assert [comment.create for comment in wanted(before).comments] == [False]


def test_an_edit_with_something_to_fix_says_where() -> None:
    wrong = snapshot(edit(pep_text(758), pep_text(759)))
    (comment,) = wanted(wrong).comments
    assert comment.create
    assert "One thing to fix:" in comment.body
    assert "`peps/pep-0758.rst`, line 1:" in comment.body
    assert "Thank you" not in comment.body


def test_when_all_is_fixed_the_comment_shrinks_to_a_line() -> None:
    mended = snapshot(
        edit(pep_text(758), longer(pep_text(758), "x")),
        conversation=said(own("One thing to fix: …")),
    )
    memory = seen_open(comments={"summary": comment_memory("old")})
    writes = plan_writes(mended, wanted(mended), memory).writes
    bodies = [write.body for write in writes if hasattr(write, "body")]
    assert bodies == ["<!-- pep-bot:summary -->\nAll fixed, thank you.\n"]


def test_infrastructure_gets_no_comment() -> None:
    infrastructure = snapshot(other_change())
    assert plan_writes(infrastructure, wanted(infrastructure), Memory()).writes == ()


def test_a_pull_request_that_drops_its_pep_says_so_where_it_had_a_comment() -> None:
    dropped = snapshot(other_change(), conversation=said(own("Thank you for PEP 842! …")))
    memory = seen_open(comments={"summary": comment_memory("old")})
    (write,) = plan_writes(dropped, wanted(dropped), memory).writes
    assert isinstance(write, WriteComment)
    assert write.id == 80
    assert "no longer touches a PEP" in write.body


def test_waived_findings_are_shown_as_set_aside() -> None:
    words = comment_on_one_line(
        snapshot(new_pep(pep_text(Sponsor=None)), instructions=frozenset({"skip sponsor"}))
    )
    assert "Skipped by an editor:" in words
    assert "(`sponsor`)" in words
    assert "step" not in words.split("Skipped")[0]


def test_two_new_peps_are_kept_apart() -> None:
    both = new_pep()
    second = new_pep(pep_text(792), path="peps/pep-0792.rst").files
    text = comment_text(snapshot(replace(both, files=both.files + second)))
    assert "Thank you for these proposals!" in text
    assert "`peps/pep-0791.rst`" in text
    assert "`peps/pep-0792.rst`" in text
    assert "[Preview of 0792](" in text


def test_a_preview_that_read_the_docs_linked_is_not_linked_again() -> None:
    here = open_pull_request()
    host = f"pep-previews--{here.subject.number}.org.readthedocs.build"
    assert f"[Preview](https://{host}/pep-0791/)" in comment_text(here)
    posted = replace(here, conversation=replace(here.conversation, previews={8: host}))
    assert "Preview" not in comment_text(posted)
    assert "[What editors look at](" in comment_text(posted)


def test_a_comment_that_github_would_refuse_is_cut_and_says_so() -> None:
    long = snapshot(degraded=tuple(f"Note {n}: {'words ' * 100}" for n in range(200)))
    text = comment_text(long)
    assert len(text) <= 65_536
    assert text.endswith("The check run has everything.)")


# After the merge


def merged(text: str | None = None, **more: Any) -> Snapshot:
    return snapshot(new_pep(text, **more), state=PullRequestState.MERGED)


def test_after_the_merge_the_next_two_steps_are_ready() -> None:
    words = comment_on_one_line(merged(pep_text(Title="imath --- module for (integer) maths")))
    assert words.startswith("<!-- pep-bot:merged -->")
    assert "PEP 791 is published: https://peps.python.org/pep-0791/" in words
    assert (
        "https://discuss.python.org/new-topic?category=peps&title="
        "PEP%20791%3A%20imath%20---%20module%20for%20%28integer%29%20maths&body=" in words
    )
    assert "`Discussions-To` and `Post-History`" in words
    assert "your sponsor can help you" in words
    assert "Two steps are left" in words


def test_the_links_after_the_merge_open_filled_in_forms() -> None:
    title = "Is `a & b`=c? [maybe](x) @all \N{SNAKE} " + 200 * "z"
    words = comment_on_one_line(merged(pep_text(Title=title)))
    found = re.findall(r"\]\((https://[^()]*)\)", words)
    thread, conduct, edit = map(urlsplit, found)
    assert conduct.geturl() == "https://www.python.org/psf/conduct/"
    assert (thread.netloc, thread.path) == ("discuss.python.org", "/new-topic")
    form = {name: one for name, (one,) in parse_qs(thread.query, strict_parsing=True).items()}
    assert form.keys() == {"category", "title", "body"}
    assert form["category"] == "peps"
    assert form["title"] == f"PEP 791: {title}"[: len("PEP 791: ") + 200]
    assert form["title"] in form["body"]
    assert form["body"].endswith("https://peps.python.org/pep-0791/")
    assert (edit.netloc, edit.path) == (
        "github.com",
        "/python/peps/edit/main/peps/pep-0791.rst",
    )
    assert "@" not in words


@pytest.mark.parametrize("topic", ["Packaging", "Typing"])
def test_a_pep_discussed_elsewhere_is_announced_in_the_peps_category_too(topic: str) -> None:
    words = comment_on_one_line(merged(pep_text(Topic=topic)))
    assert "Three steps are left" in words
    assert "3. [Announce it](https://discuss.python.org/new-topic?category=peps&title=" in words
    (announcement,) = re.findall(r"Announce it\]\((https://[^()]*)\)", words)
    (body,) = parse_qs(urlsplit(announcement).query)["body"]
    assert f"discussed in the {topic} category" in body
    assert "https://peps.python.org/pep-0791/" in body


def test_a_pep_whose_thread_is_linked_already_needs_no_word_after_the_merge() -> None:
    text = pep_text(791, **{"Discussions-To": "https://discuss.python.org/t/imath/91337"})
    assert wanted(merged(text)).comments == ()


def test_a_release_schedule_needs_no_word_after_the_merge() -> None:
    assert wanted(merged(pep_text(Topic="Release"))).comments == ()


def test_an_election_needs_no_word_after_the_merge() -> None:
    assert wanted(merged(pep_text(8107), path="peps/pep-8107.rst")).comments == ()


def test_a_packaging_pep_goes_to_its_own_category() -> None:
    text = pep_text(Topic="Packaging")
    assert "the Packaging Council decides." in comment_on_one_line(
        replace(merged(text), context=switched())
    )
    words = comment_on_one_line(merged(text))
    assert "new-topic?category=packaging&" in words
    assert "the PEP-Delegate decides" in words


def test_a_placeholder_is_never_called_published() -> None:
    text = pep_text(9999, path=None)
    assert wanted(merged(text, path="peps/pep-9999.rst")).comments == ()


def test_the_number_of_a_merged_pep_is_that_of_its_file() -> None:
    assert "PEP 791 is published" in comment_on_one_line(merged(pep_text(790)))


def test_the_author_of_the_pull_request_may_be_the_sponsor() -> None:
    words = comment_on_one_line(open_pull_request(author=Login("vera")))
    assert "**Sponsor: Vera Core**, core developer, opened this pull request." in words


def test_an_old_day_in_several_peps_does_not_bury_the_facts() -> None:
    """Each of these PEPs has one remark, and there is one on all; the fifth is only counted."""
    old = {"Created": "01-Jan-2025"}
    files = [
        added(pep_text(number, **old), f"peps/pep-0{number}.rst") for number in range(791, 797)
    ]
    the_change = change(*files, title="PEP 791: Many", opened=date(2025, 5, 12))
    words = comment_on_one_line(snapshot(the_change))
    assert words.count("`Created` is the day the number was taken") == 3
    assert "more notices, listed in the check run." in words


def test_a_files_name_is_shown_harmlessly() -> None:
    seen = open_pull_request()
    name = "peps/a`\u202e\n\n@all\udcff.png"
    files = (*seen.change.files, added("", name))
    seen = replace(seen, change=replace(seen.change, files=files))
    assert "\n`peps/a' @all.png`: **Move the file" in comment_text(seen)


def test_files_that_belong_to_no_pep_are_one_step_where_no_pep_is_added() -> None:
    edit = modified(pep_text(791), pep_text(791) + "More.\n", "peps/pep-0791.rst")
    seen = snapshot(the_change=change(edit, added("", "peps/a b.png"), added("", "peps/c d.png")))
    assert "`peps/a b.png`; `peps/c d.png`: **Move the file" in comment_text(seen)
