"""Names that become part of URLs and keys."""

import pytest

from bot.review.subject import Repository, Subject


@pytest.mark.parametrize(
    "name",
    ["python", "python/peps/x", "../peps", "a/..", "a b/c", "a/b\n", "", "/", "python/", "a/b#1"],
)
def test_what_is_no_repositorys_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="full name"):
        Repository(name, 1)


def test_key_and_external_id_name_the_pull_request() -> None:
    subject = Subject(Repository("Python/PEPs", 1), 12)
    assert subject.key == "python/peps#12"
    assert subject.external_id == "Python/PEPs#12"
