import pytest

from bot.policy.fields import Location, line_of

TEXT = """\
top = 1
# [labels]
[labels]
  "new_pep" = "x"
a.b = 1
[[people.council]]
name = "A"
[[people.council]]
name = "B"
[people.council.more]
deep = 1
"""


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("top",), 1),
        (("labels",), 3),
        (("labels", "new_pep"), 4),
        (("labels", "a", "b"), 5),
        (("labels", "absent"), 3),
        (("people", "council", 0, "name"), 7),
        (("people", "council", 1, "name"), 9),
        (("people", "council", 1, "absent"), 8),
        (("people", "council", 1, "more", "deep"), 11),
        (("nowhere",), None),
        ((), None),
    ],
)
def test_a_key_is_found_or_the_nearest_around_it(location: Location, line: int | None) -> None:
    assert line_of(TEXT, location) == line
