from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.forum import Forum, ForumPost, PostRef, post_ref


@pytest.mark.parametrize(
    ("url", "topic", "post"),
    [
        ("https://discuss.python.org/t/66453/63", 66453, 63),
        ("https://discuss.python.org/t/pep-758-allow-except/66453/63", 66453, 63),
        ("https://discuss.python.org/t/758-except/66453/63/", 66453, 63),
        ("https://discuss.python.org/t/66453", 66453, 1),
        ("https://discuss.python.org/t/pep-758/66453/", 66453, 1),
        ("https://discuss.python.org/t/-/66453/7?u=ada#reply", 66453, 7),
    ],
)
def test_a_link_is_read_down_to_two_numbers(url: str, topic: int, post: int) -> None:
    assert post_ref(url) == PostRef(topic, post)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "Pending",
        "http://discuss.python.org/t/1/2",
        "https://discuss.python.org.evil.example/t/1/2",
        "https://evil.example/https://discuss.python.org/t/1/2",
        "https://user@discuss.python.org/t/1/2",
        "https://discuss.python.org:8443/t/1/2",
        "https://discuss.python.org/t/0/2",
        "https://discuss.python.org/t/1/0",
        "https://discuss.python.org/t/١/2",
        "https://discuss.python.org/t/1234567890/1",
        "https://discuss.python.org/t/a/1/2/3",
        "https://discuss.python.org/u/ada",
        "https://discuss.python.org/t/1/2\nhttps://evil.example",
        "https://mail.python.org/archives/list/python-dev@python.org/thread/X/",
    ],
)
def test_anything_else_is_no_post(url: str) -> None:
    assert post_ref(url) is None


@given(st.text(max_size=900) | st.from_regex(r"https://discuss\.python\.org/t/\S{0,60}"))
def test_whatever_is_read_has_small_numbers(text: str) -> None:
    found = post_ref(text)
    assert found is None or (0 < found.topic < 10**9 and 0 < found.post < 10**6)


def test_a_day_may_be_another_elsewhere_on_earth() -> None:
    post = ForumPost(datetime(2025, 3, 15, 1, 30, tzinfo=UTC), "ada")
    assert post.day == date(2025, 3, 15)
    assert [day for day in range(12, 19) if post.could_be_written_on(date(2025, 3, day))] == [
        14,
        15,
    ]


def test_a_post_is_found_by_every_way_to_write_its_link() -> None:
    post = ForumPost(datetime(2025, 3, 15, tzinfo=UTC), "ada")
    forum = Forum({PostRef(5, 2): post}, {5: "A thread"})
    assert forum.post("https://discuss.python.org/t/words/5/2") is post
    assert forum.post("https://discuss.python.org/t/5") is None
    assert forum.title("https://discuss.python.org/t/5") == "A thread"
    assert forum.title("Pending") is None
