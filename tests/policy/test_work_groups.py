"""Which work groups a PEP may interest, and what a group's entry must have."""

import pytest

from bot.policy.bodies import GroupStatus, groups_for_pep
from bot.policy.load import PolicyInvalid, default_policy, parse_policy

GROUP = '[work_groups.guild]\nname = "Guild"\nformed = "2026"\nsource = "https://example.org/"\n'


def suggested_groups(title: str, *topics: str) -> list[str]:
    groups = default_policy().work_groups
    found = groups_for_pep(groups.values(), topics, title)
    return [key for key, group in groups.items() if group in found]


@pytest.mark.parametrize(
    ("title", "topics", "found"),
    [
        ("Python Web Server Gateway Interface v1.0", (), ["http"]),
        ("Backport ssl.MemoryBIO and ssl.SSLObject to Python 2.7", (), ["http"]),
        ("HTTP/3 for http.client", (), ["http"]),
        ("Safer URLs", (), ["http"]),
        ("Uniform project URLs in core metadata", ("Packaging",), []),
        ("A New C-API for Thread-Local Storage in CPython", (), []),
        ("Hurl: a curl in Python", (), []),
        ("Wsgiless servers", (), []),
        ("Migrating from hg.python.org to GitHub", (), ["infrastructure"]),
        ("Mirroring infrastructure for PyPI", ("Packaging",), []),
        ("Use of the Python logo", (), ["trademarks"]),
        ("Logons and logoi", (), []),
        ("A Code of Conduct for pull requests", ("Governance",), ["code-of-conduct"]),
        ("Semiconductors of conduct", (), []),
        ("Funding PyPI", ("Packaging",), ["packaging"]),
        ("Funding the core team", (), []),
        ("Job boards, grants and diversity", (), []),
        ("", (), []),
    ],
)
def test_titles_tell_whom_a_pep_may_interest(
    title: str, topics: tuple[str, ...], found: list[str]
) -> None:
    assert suggested_groups(title, *topics) == found


def test_active_groups_are_those_on_record_and_nobody_else_is_suggested() -> None:
    groups = default_policy().work_groups
    active = {key for key, one in groups.items() if one.status is GroupStatus.ACTIVE}
    assert active == {
        "http",
        "code-of-conduct",
        "diversity-and-inclusion",
        "grants",
        "infrastructure",
        "job-board",
        "packaging",
        "trademarks",
    }
    assert not any(one.title_words for key, one in groups.items() if key not in active)


def test_no_entry_holds_an_address_that_would_mention_or_mail_somebody() -> None:
    for key, group in default_policy().work_groups.items():
        assert "@" not in f"{group.contact}{group.url}{group.concerns}{group.name}", key
        assert group.source.startswith("https://")


@pytest.mark.parametrize(
    "more",
    [
        'status = "inactive"\ntitle_words = ["x1"]\ncontact = "y"',
        'status = "active"\ntitle_words = ["x1"]',
        'status = "active"\nhelps_authors = "helps"\ncontact = "y"',
        'status = "asleep"',
        "",
    ],
)
def test_a_group_that_could_not_be_asked_is_not_suggested(more: str) -> None:
    assert "guild" in parse_policy(f'{GROUP}status = "active"\n').work_groups
    with pytest.raises(PolicyInvalid):
        parse_policy(GROUP + more)


def test_it_is_off_unless_the_policy_asks() -> None:
    assert not default_policy().suggest_work_groups
