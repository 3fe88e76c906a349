"""What the URL of a decision leads to."""

import pytest

from bot.peps.links import RecordLink, record_link

LIST = "https://mail.python.org/archives/list/python-dev@python.org"


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("https://discuss.python.org/t/66453/63", RecordLink.POST),
        ("https://discuss.python.org/t/pep-758-allow/66453/63", RecordLink.POST),
        ("https://discuss.python.org/t/accepting-pep-654/10813/1", RecordLink.POST),
        ("https://discuss.python.org/t/36763", RecordLink.THREAD),
        ("https://discuss.python.org/t/pep-722-723-decision/36763/", RecordLink.THREAD),
        (f"{LIST}/message/FDO4KFYWYQEP3U2HVVBEBR3SXPHQSHYR/", RecordLink.MESSAGE),
        (f"{LIST}/thread/TXU6TVOMBLQU3SV57DMMOA5Y2E67AW7P/", RecordLink.THREAD),
        (f"{LIST}/thread/TXU6TVOMBLQU3SV57DMMOA5Y2E67AW7P/#TXU6", RecordLink.MESSAGE),
        ("https://mail.python.org/pipermail/python-dev/2017-May/1.html", RecordLink.MESSAGE),
        ("https://github.com/python/steering-council/issues/264", RecordLink.ISSUE),
        (
            "https://github.com/python/steering-council/issues/264#issuecomment-2505",
            RecordLink.COMMENT,
        ),
        ("https://github.com/python/peps/pull/1#pullrequestreview-7", RecordLink.COMMENT),
        ("https://evil.example/t/66453/63", RecordLink.ELSEWHERE),
        ("https://discuss.python.org.evil.example/t/1/2", RecordLink.ELSEWHERE),
        ("https://discuss.python.org/t/" + "1" * 700, RecordLink.ELSEWHERE),
        ("", RecordLink.ELSEWHERE),
    ],
)
def test_it_is_recognized_by_the_form_alone(url: str, what: RecordLink) -> None:
    assert record_link(url) is what


def test_what_one_person_said_is_direct_and_where_many_speak_is_not() -> None:
    assert [what for what in RecordLink if what.is_direct] == [
        RecordLink.POST,
        RecordLink.MESSAGE,
        RecordLink.COMMENT,
    ]
