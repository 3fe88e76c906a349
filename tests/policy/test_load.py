import tracemalloc
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.number import PepNumber
from bot.policy.in_office import office_holders
from bot.policy.load import (
    LONGEST_POLICY,
    MOST_ENTRIES,
    PolicyInvalid,
    PolicyProblem,
    default_policy,
    parse_policy,
)
from bot.policy.model import RuleSetting
from tests.processor_time import processor_seconds_below


def problems(text: str) -> tuple[PolicyProblem, ...]:
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(text)
    return refused.value.problems


def test_the_default_is_the_policy_of_python_peps() -> None:
    policy = default_policy()
    assert policy.numbers.special == {666, 754, 801}
    assert policy.numbers.taken_ahead == {777, 789}
    assert set(policy.numbers.reserved) == {801}
    assert policy.numbers.placeholders == {9999}
    assert policy.editors.logins == policy.editors.teams == frozenset()
    assert policy.people.write_access == {"Rosuav", "hoodmane"}
    assert policy.people.aliases["Seth Michael Larson"] == "Seth Larson", "on the list since 2026"
    assert policy.labels.awaiting_author == "awaiting author"
    assert policy.links.preview.format(number="0791", pr=4422) == (
        "https://pep-previews--4422.org.readthedocs.build/pep-0791/"
    )
    assert policy.links.published.format(number="0791") == "https://peps.python.org/pep-0791/"
    assert default_policy() is policy


def test_an_empty_file_changes_nothing() -> None:
    assert parse_policy("") == default_policy()
    assert parse_policy("\ufeff# only a comment\r\n") == default_policy()


def test_numbers_may_be_given_as_ranges() -> None:
    policy = parse_policy('[numbers]\nordinary = "1-49"\nelections = ["90-92", 7]\n')
    assert policy.numbers.ordinary_run == range(1, 50)
    assert policy.numbers.elections == {7, 90, 91, 92}
    assert default_policy().numbers.ordinary_run == range(100, 1000)
    assert 8107 in default_policy().numbers.elections


def test_tables_are_merged_and_values_replaced() -> None:
    policy = parse_policy(
        """
        core_team_path = "people.csv"
        [labels]
        new_pep = "fresh"
        needs_number = ""
        [numbers]
        special = [42]
        [numbers.reserved]
        805 = "kept for later"
        [people.aliases]
        "Ada King" = "Ada Lovelace"
        """
    )
    assert policy.core_team_path == "people.csv"
    assert policy.labels.new_pep == "fresh"
    assert policy.labels.needs_number == ""
    assert policy.labels.needs_sponsor == "needs sponsor"
    assert policy.numbers.special == {42}
    assert policy.numbers.taken_ahead == {777, 789}
    assert policy.numbers.reserved[PepNumber(805)] == "kept for later"
    assert PepNumber(801) in policy.numbers.reserved
    assert policy.people.aliases["Ada King"] == "Ada Lovelace"
    assert policy.people.aliases["Mariatta Wijaya"] == "Mariatta"


@pytest.mark.parametrize(
    ("text", "key", "words", "line"),
    [
        ("[labels]\nnew_pepp = 'x'", "labels.new_pepp", "did you mean `new_pep`", 2),
        ("[lables]\nnew_pep = 'x'", "lables", "did you mean `labels`", 1),
        ("\n[people]\ntyping_councl = []", "people.typing_councl", "`typing_council`", 3),
        (
            "[bodies.packaging-council]\ndecide_since = 2026-11-01",
            "bodies.packaging-council.decide_since",
            "`decides_since`",
            2,
        ),
        ("labels.new_pepp = 'x'", "labels.new_pepp", "`new_pep`", 1),
        ("zzz = 1", "zzz", "known are `amendment_lines`, `bodies`", 1),
        ("[labels]\n\nnew_pep = 3", "labels.new_pep", "text in quotes", 3),
        ("labels = 3", "labels", "table", 1),
        ("[numbers]\nspecial = 3", "numbers.special", "list", 2),
        ("[numbers]\nspecial = ['7-3']", "numbers.special", "a range of numbers", 2),
        ("[numbers]\nspecial = [4, 'x']", "numbers.special", "a range of numbers", 2),
        ("[numbers]\nordinary = [1, 2]", "numbers.ordinary", "a range of numbers", 2),
        ("[numbers]\nordinary = '1-99999'", "numbers.ordinary", "a range of numbers", 2),
        ("[numbers.reserved]\nabc = 'x'", "numbers.reserved.abc", "whole number", 2),
        ("check_run_always = 'perhaps'", "check_run_always", "`true` or `false`", 1),
        ("[links]\npreview = 'http://x.y'", "links.preview", "https://", 2),
        ("[editors]\nteams = ['a/b', 'c']", "editors.teams.2", "a team", 2),
    ],
)
def test_a_problem_names_key_reason_and_line(text: str, key: str, words: str, line: int) -> None:
    (problem,) = problems(text)
    assert problem.key == key
    assert words in problem.message
    assert problem.line == line


def test_a_problem_in_the_second_of_several_tables_has_its_line() -> None:
    entry = "[[people.typing_council]]\nname = 'A'\nlogin = 'a'\nsince = 2024-01-01\n{}\n"
    text = entry.format("source = 's'") + entry.format("sorce = 's'")
    missing, unknown = problems(text)
    assert (missing.key, missing.line) == ("people.typing_council.2.source", 6)
    assert (unknown.key, unknown.line) == ("people.typing_council.2.sorce", 10)
    assert "did you mean `source`" in unknown.message


def test_broken_toml_names_its_line() -> None:
    (problem,) = problems("[labels]\nnew_pep = 'x'\nneeds = = 1\n")
    assert (problem.key, problem.line) == ("", 3)


def filled(head: str, entry: str, tail: str, most: int) -> str:
    """As many entries as a policy file can hold, up to `most`; `{i}` becomes the entry's index."""
    entries: list[str] = []
    left = LONGEST_POLICY - len(head) - len(tail)
    while len(entries) < most:
        if (left := left - len(one := entry.replace("{i}", str(len(entries))))) < 0:
            break
        entries.append(one)
    return head + "".join(entries) + tail


_PERSON = 'name = "A"\nlogin = "a"\nsince = 2020-01-01\nsource = "x"\n'


@pytest.mark.parametrize(
    ("head", "entry", "tail"),
    [
        ("[numbers]\nelections = [\n", '"0-9999",\n', "]\n"),
        ("[numbers]\nspecial = [\n", "{i},\n", "]\n"),
        ("[numbers]\nplaceholders = [\n", "[],\n", "]\n"),
        ("[numbers.reserved]\n", '{i} = ""\n', ""),
        ("[editors]\nlogins = [\n", '"a{i}",\n', "]\n"),
        ("[editors]\nteams = [\n", '"a/b{i}",\n', "]\n"),
        ("[people.aliases]\n", '{i} = "b"\n', ""),
        ("[people.known]\n", '{i} = "b"\n', ""),
        ("[people]\nwrite_access = [\n", '"",\n', "]\n"),
        ("[people.accepted_sponsors]\n", '{i} = ["a"]\n', ""),
        ("", "[[people.typing_council]]\n" + _PERSON, ""),
        ("", "[[people.typing_council]]\n", ""),
        ("", "[bodies.a{i}]\n", ""),
        ("", "[work_groups.a{i}]\n", ""),
        ("[rules]\n", 'a{i} = "off"\n', ""),
        ("[label_command]\neditors = [\n", '"*",\n', "]\n"),
        ("[labels.topics]\n", 'a{i} = "b"\n', ""),
        ("", "a{i} = 1\n", ""),
        ("", "a." * 400 + "b{i} = 1\n", ""),
    ],
)
def test_no_list_or_table_takes_long(head: str, entry: str, tail: str) -> None:
    parse_within_a_second(filled(head, entry, tail, MOST_ENTRIES))


MUCH_OF_LITTLE = [
    pytest.param("[numbers]\nelections = [\n", '"0-9999",\n', "]\n", MOST_ENTRIES, id="ranges"),
    pytest.param("", "[bodies.a{i}]\n", "", MOST_ENTRIES, id="several problems an entry"),
    pytest.param("[editors]\nlogins = [\n", '"a{i}",\n', "]\n", LONGEST_POLICY, id="a full file"),
]


@pytest.mark.parametrize(("head", "entry", "tail", "most"), MUCH_OF_LITTLE)
def test_what_is_little_to_write_does_not_take_much_memory(
    head: str, entry: str, tail: str, most: int
) -> None:
    text = filled(head, entry, tail, most)
    parse_within_a_second(text)
    tracemalloc.start()
    try:
        with suppress(PolicyInvalid):
            parse_policy(text, rules=["sponsor"])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


def parse_within_a_second(text: str) -> None:
    default_policy()
    with processor_seconds_below(1), suppress(PolicyInvalid):
        parse_policy(text, rules=["sponsor"])


def test_more_entries_than_there_may_be_are_reported_with_their_place() -> None:
    too_many = '[editors]\nlogins = ["a"' + ',\n"b"' * 1_000 + "]\n"
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(too_many)
    (problem,) = refused.value.problems
    expected = PolicyProblem("editors.logins", "This has more than 1,000 entries.", 2)
    assert problem == expected
    parse_policy(too_many.replace('"a",\n', ""))


def test_ranges_may_not_hold_more_numbers_than_there_are() -> None:
    assert len(parse_policy('[numbers]\nelections = ["0-9999"]').numbers.elections) == 10_000
    with pytest.raises(PolicyInvalid, match="overlap"):
        parse_policy('[numbers]\nelections = ["0-9999", "1-1"]')


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[\n" * 5_000 + "]" * 900,
        "a = " + "{a=" * 300 + "1" + "}" * 90,
        (".".join("a" * 400) + " = 1\n") * 80,
        "a = '" + "x" * 60_000,
        ".".join("a" * 30_000) + " = 1",
        "[" + ".".join("a" * 30_000) + "]",
        "a = " + "9" * 10_000,
        "#" * (LONGEST_POLICY + 1),
        "a = 9999-99-99",
        "\x00",
        '"\\ud800" = 1',
    ],
)
def test_hostile_toml_is_soon_refused_and_nothing_else(text: str) -> None:
    with processor_seconds_below(1):
        assert problems(text)


@given(st.text(alphabet="[]{}=.\"'ab1\n, #-:") | st.text())
def test_any_text_is_a_policy_or_refused(text: str) -> None:
    try:
        policy = parse_policy(text)
    except PolicyInvalid as refused:
        expected = refused.problems
    else:
        expected = ()
        assert policy.links == default_policy().links
    assert all(problem.line is None or problem.line >= 1 for problem in expected)


@given(st.sampled_from(["labels", "numbers", "people", "links", "x"]), st.text(max_size=20))
def test_what_a_stranger_wrote_is_quoted_only_if_it_is_a_plain_key(table: str, key: str) -> None:
    quoted = '"' + "".join(f"\\U{ord(char):08x}" for char in key if char.isprintable()) + '"'
    try:
        parse_policy(f"[{table}]\n{quoted} = 1\n")
    except PolicyInvalid as refused:
        expected = str(refused)
        assert expected.isprintable()
        assert not set("<>@[]|*") & set(expected)


def test_the_message_has_every_problem() -> None:
    with pytest.raises(PolicyInvalid, match=r"line 1: a: .*; line 2: b: ") as refused:
        parse_policy("a = 1\nb = 2\n")
    assert len(refused.value.problems) == 2


def test_office_holders_of_a_day() -> None:
    policy = default_policy()
    founding = {
        "Eric Traut", "Guido van Rossum", "Jelle Zijlstra", "Rebecca Chen", "Shantanu Jain",
    }  # fmt: skip
    since_march = {"Jelle Zijlstra", "Carl Meyer", "Rebecca Chen", "Dave Halter"}

    def council(day: date) -> set[str]:
        return {held.name for held in office_holders(policy, day).typing_council}

    assert council(date(2023, 11, 19)) == set()
    assert council(date(2023, 11, 20)) == founding
    assert "Eric Traut" in council(date(2025, 1, 28))
    assert council(date(2026, 8, 5)) == since_march | {"Eric Traut", "Jukka Lehtosalo"}
    assert council(date(2026, 8, 6)) == since_march | {"Joren Hammudoglu"}
    delegates = office_holders(policy, date(2025, 6, 1)).packaging_delegates
    assert [(held.name, held.login) for held in delegates] == [
        ("Paul Moore", "pfmoore"),
        ("Donald Stufft", "dstufft"),
    ]


def test_a_replaced_list_of_office_holders_counts_alone() -> None:
    policy = parse_policy(
        """
        [[people.packaging_delegates]]
        name = "Ada L"
        login = "ada"
        since = 2024-01-01
        source = "https://x.y"
        """
    )
    holders = office_holders(policy, date(2025, 1, 1))
    assert [held.login for held in holders.packaging_delegates] == ["ada"]
    assert holders.typing_council


RULES = ("codeowners", "number", "sponsor")


def test_a_rule_can_be_switched_off_or_weigh_otherwise() -> None:
    policy = parse_policy('[rules]\ncodeowners = "off"\nnumber = "notice"\n', rules=RULES)
    assert policy.rules == {"codeowners": RuleSetting.OFF, "number": RuleSetting.NOTICE}


def test_an_unknown_rule_is_refused_with_the_nearest_one_and_its_line() -> None:
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy('[rules]\nnumber = "off"\ncodeowner = "off"\n', rules=RULES)
    (problem,) = refused.value.problems
    assert problem.line == 3
    assert problem.message == "There is no such rule; did you mean `codeowners`?"


def test_a_setting_that_is_none_is_refused_with_those_there_are() -> None:
    (problem,) = problems('[rules]\nnumber = "loud"\n')
    assert problem.line == 2
    assert "`off`, `notice`, `warning` or `error`" in problem.message
