"""What changed in a PEP since an earlier version, section by section."""

from hypothesis import given
from hypothesis import strategies as st

from bot.peps.document import HEADER, SectionChange, SectionStatus, changed_sections

HEAD = "PEP: 750\nTitle: Template Strings\nStatus: Draft\n\n\n"


def section(title: str, *lines: str) -> str:
    rule = "=" * max(len(title), 3)
    return f"{title}\n{rule}\n\n" + "\n".join(lines) + "\n\n\n"


def pep(*sections: str, head: str = HEAD) -> str:
    return head + "".join(sections)


ABSTRACT = section("Abstract", "Short.")
SPEC = section("Specification", "One.", "", "Two.", "", "Details", "-------", "", "Three.")
TEXT = pep(ABSTRACT, SPEC)


def test_nothing_changed() -> None:
    assert changed_sections(TEXT, TEXT) == ()
    assert changed_sections("", "") == ()


def test_each_section_has_its_lines_and_its_subsections_belong_to_it() -> None:
    after = pep(
        ABSTRACT,
        section("Specification", "One.", "", "2.", "", "Details", "-------", "", "Three.", "Four."),
        section("Rejected Ideas", "None."),
        head=HEAD.replace("Draft", "Accepted"),
    )
    assert changed_sections(TEXT, after) == (
        SectionChange(HEADER, 1, 1),
        SectionChange("Specification", 2, 1),
        SectionChange("Rejected Ideas", 1, 0, SectionStatus.NEW),
    )
    assert changed_sections(after, TEXT) == (
        SectionChange(HEADER, 1, 1),
        SectionChange("Specification", 1, 2),
        SectionChange("Rejected Ideas", 0, 1, SectionStatus.REMOVED),
    )


def test_what_only_moved_or_was_spaced_anew_did_not_change() -> None:
    assert changed_sections(TEXT, pep(SPEC, ABSTRACT)) == ()
    assert changed_sections(TEXT, TEXT.replace("\n\n\n", "\n\n")) == ()
    assert changed_sections(TEXT, TEXT.replace("\n", "\r\n")) == ()


def test_a_renamed_section_is_gone_and_new() -> None:
    after = pep(ABSTRACT, SPEC.replace("Specification\n=============", "Rules\n====="))
    assert [(one.title, one.status) for one in changed_sections(TEXT, after)] == [
        ("Rules", SectionStatus.NEW),
        ("Specification", SectionStatus.REMOVED),
    ]


def test_two_sections_of_one_name_are_two() -> None:
    two = pep(section("Notes", "A."), section("Notes", "B."))
    assert changed_sections(two, pep(section("Notes", "A."), section("Notes", "C."))) == (
        SectionChange("Notes", 1, 1),
    )


def test_a_text_without_sections_is_all_header() -> None:
    assert changed_sections("", "Words.\n") == (SectionChange(HEADER, 1, 0),)


TITLES = st.sampled_from(["Abstract", "Rationale", "Specification", "Open Issues"])
LINES = st.lists(st.sampled_from(["One.", "Two.", "Three.", "", "    code", "- item"]), max_size=6)
PEPS = st.lists(st.tuples(TITLES, LINES), max_size=5, unique_by=lambda one: one[0]).map(
    lambda sections: pep(*(section(title, *lines) for title, lines in sections))
)


@given(PEPS, PEPS)
def test_back_is_the_opposite_of_there(before: str, after: str) -> None:
    there = {one.title: one for one in changed_sections(before, after)}
    back = {one.title: one for one in changed_sections(after, before)}
    assert there.keys() == back.keys()
    opposite = {
        SectionStatus.NEW: SectionStatus.REMOVED,
        SectionStatus.REMOVED: SectionStatus.NEW,
        SectionStatus.CHANGED: SectionStatus.CHANGED,
    }
    for title, change in there.items():
        assert back[title].added - back[title].removed == change.removed - change.added
        assert back[title].status is opposite[change.status]


@given(PEPS, PEPS)
def test_the_lines_that_came_and_went_make_up_the_difference_in_length(
    before: str, after: str
) -> None:
    def count_text_lines(text: str) -> int:
        headings = 2 * text.count("===\n")
        return sum(bool(line.strip()) for line in text.splitlines()) - headings

    changes = changed_sections(before, after)
    assert sum(one.added - one.removed for one in changes) == count_text_lines(
        after
    ) - count_text_lines(before)


@given(st.text(alphabet="ab:=-\n\r .\t", max_size=200), st.text(max_size=200))
def test_no_text_is_too_odd(before: str, after: str) -> None:
    assert changed_sections(before, before) == ()
    for change in changed_sections(before, after):
        assert change.added >= 0 <= change.removed
