"""Whom a text on a pull request tells: by a mention, or by an e-mail that it says was sent."""

import pytest

from bot.rules.engine.pull_request_text import mentioned_accounts, says_email_was_sent, told_in


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("@edith-quill, may I?", ["edith-quill"]),
        ("Hello @a_b (@C), @a_B's PEP", ["a_B", "C"]),
        ("@python/pep-editors and @edith", ["edith"]),
        ("edith@mail.example, x.@y or https://x/@edith", []),
        ("`@edith` and ``@nova``", []),
        ("> @edith\n\n    @nova\n\t@vera\n```\n@wim\n```\n@edda", ["edda"]),
        ("~~~~\n```\n~~~\n@edith\n~~~~\n@nova", ["nova"]),
        ("<!-- @edith --> @nova", ["nova"]),
        ("```\n@edith", []),
        ("@" * 100, []),
        (" ".join(f"@user{number}" for number in range(99)), [f"user{n}" for n in range(20)]),
        ("", []),
    ],
)
def test_mentions_outside_code_and_quotations_count(text: str, logins: list[str]) -> None:
    assert list(mentioned_accounts(text)) == logins


@pytest.mark.parametrize(
    "text",
    [
        "I e-mailed Edith Quill on 3 Nov and have not heard back.",
        "Emailed her.",
        "I sent her an email last week; no answer.",
        "No answer yet. An e-mail was sent on Monday.",
        "I wrote an e-mail to all of them",
        "E-mail sent.",
    ],
)
def test_an_email_that_was_sent(text: str) -> None:
    assert says_email_was_sent(text)
    assert told_in(text) == (None,)


@pytest.mark.parametrize(
    "text",
    [
        "I have not e-mailed her.",
        "I haven't emailed her.",
        "I will have sent an e-mail by Monday.",
        "Should I have sent an email?",
        "I will e-mail her.",
        "> I e-mailed her.",
        "`e-mailed`, as code",
        "Her e-mail address is wrong.",
        "I sent a letter.",
        "blackmailed",
        "",
    ],
)
def test_an_email_that_was_not(text: str) -> None:
    assert not says_email_was_sent(text)
    assert told_in(text) == ()
