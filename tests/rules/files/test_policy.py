import pytest

from bot.peps.change import FileChange, FileStatus, Unreadable
from bot.policy.load import POLICY_PATH
from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text


@pytest.mark.parametrize(
    ("text", "line", "message_part"),
    [
        ('[labels]\nnew_pepp = "x"\n', 2, "did you mean `new_pep`?"),
        ("\n[label]\n", 2, "did you mean `labels`?"),
        ('[rules]\nnumbers = "off"\n', 2, "did you mean `number`?"),
        ('[rules]\nnumber = "loud"\n', 2, "`off`, `notice`, `warning` or `error`"),
        ("[links]\npreview = 'http://example.org/{pr}'\n", 2, "https"),
        ("a = [\n", 1, "not valid TOML"),
    ],
)
def test_what_would_be_refused_after_the_merge_is_reported_at_its_line(
    text: str, line: int, message_part: str
) -> None:
    found = finding("policy", change(added(text, POLICY_PATH)))
    assert (found.severity, found.path, found.line) == (Severity.ERROR, POLICY_PATH, line)
    assert message_part in found.message


@pytest.mark.parametrize("text", ["", "# words\n", '[rules]\nnumber = "notice"\n'])
def test_a_policy_that_can_be_used_is_fine(text: str) -> None:
    assert findings("policy", change(modified("", text, POLICY_PATH))) == []


def test_one_that_cannot_be_read_is_reported() -> None:
    file = FileChange(POLICY_PATH, FileStatus.ADDED, unreadable=Unreadable.NOT_TEXT)
    assert "not UTF-8 text" in finding("policy", change(file)).message


def test_that_the_defaults_will_hold_is_reported_for_one_that_is_removed() -> None:
    removed = FileChange(POLICY_PATH, FileStatus.REMOVED, before="[label]\n")
    found = finding("policy", change(removed))
    assert (found.severity, found.path) == (Severity.NOTICE, POLICY_PATH)
    assert "defaults" in found.message


def test_files_that_are_none_are_left_alone() -> None:
    assert findings("policy", change(added(pep_text()))) == []


def test_keys_of_strangers_are_not_quoted_as_they_are() -> None:
    found = finding("policy", change(added('"@everyone" = 1\n', POLICY_PATH)))
    assert "@" not in found.message
