"""Every form of every command, given by every role on one pull request: allowed or refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from bot.commands.grammar.parse import ParsedCommand
from bot.commands.registry import all_commands
from bot.commands.role import Role
from bot.policy.load import default_policy
from bot.policy.model import Editors
from tests.commands.builders import (
    COAUTHOR,
    DECIDER,
    EDITOR,
    OPENER,
    OTHER_EDITOR,
    SPONSOR,
    STRANGER,
    parsed_command,
    run_parsed,
    under_review,
)

ROLES = (OPENER, COAUTHOR, SPONSOR, EDITOR, OTHER_EDITOR, DECIDER, STRANGER)

EVERYBODY = frozenset(ROLES)
EDITORS = frozenset({EDITOR, OTHER_EDITOR})
AUTHORS = frozenset({OPENER, COAUTHOR})
PARTICIPANTS = EVERYBODY - {STRANGER}

NOBODY_OF_THOSE = (
    "A sponsor is a core developer, PEP editor, Typing Council member or, for packaging, standing "
    "delegate, and I cannot find you among them. A PEP editor can accept you with "
    "`/pep accept-sponsor`."
)
LINK = "https://discuss.python.org/t/1/2"
NOT_ONES_OWN = "Nobody can sponsor their own PEP."
NOT_THEIRS = "Only PEP editors can do that, and authors on pull requests that they opened."
NO_CONSENT = "You have not agreed to sponsor here, so there is nothing to take back."
NOT_CORE = (
    "Core developers can offer to be a PEP-Delegate, and I cannot find you among them. The "
    "Steering Council may appoint other people; an editor then records it with `/pep delegate "
    "@login because LINK`."
)
OWN_PEP = "`@{by}` is an author of this PEP; nobody decides on their own PEP."
NOT_TO_END = "Only the delegate, or a PEP editor, can say that it ended."
NO_HANDING_OVER = "Only a PEP editor can choose `decision`."


@dataclass(frozen=True)
class Row:
    """Who may give a command, and how the others are refused.

    Attributes:
        may: The accounts that may.
        refusal_text: The refusal for the others: whom the command is for, or a whole sentence.
        otherwise: Another refusal for some of them, by account.
    """

    may: frozenset[str]
    refusal_text: str = ""
    otherwise: Mapping[str, str] = field(default_factory=dict)

    def refusal(self, by: str, parsed: ParsedCommand) -> str:
        """The whole reply to somebody who may not give it."""
        text = self.otherwise.get(by, self.refusal_text).replace("{by}", by)
        if not text.startswith("a"):
            return text
        return f"`{parsed.form.usage(parsed.command.verb)}` is for {text}."


FOR_ALL = Row(EVERYBODY)
FOR_EDITORS = Row(EDITORS, "a PEP editor")
FOR_PARTICIPANTS = Row(
    PARTICIPANTS, "an author, a sponsor, a PEP editor or somebody who decides on the PEP"
)
FOR_EDITORS_AND_DELEGATES = Row(
    EDITORS | {DECIDER}, "a PEP editor or somebody who decides on the PEP"
)
FOR_AUTHORS_AND_EDITORS = Row(AUTHORS | EDITORS, "an author or a PEP editor")
ON_ONES_OWN = Row(EDITORS | {OPENER}, "an author or a PEP editor", {COAUTHOR: NOT_THEIRS})

TABLE: dict[str, Row] = {
    "help": FOR_ALL,
    "help number": FOR_ALL,
    "check": FOR_ALL,
    "groups": FOR_ALL,
    "explain": FOR_ALL,
    "explain sponsor codeowners": FOR_ALL,
    "number": FOR_ALL,
    "number 850": FOR_EDITORS,
    "number 850 for #77 because it was announced": FOR_EDITORS,
    "number release 850": FOR_EDITORS,
    "not-yet 777 because it comes in phases": FOR_EDITORS,
    "not-yet sources because nothing of it concerns us": FOR_EDITORS,
    "sponsor": Row(
        EDITORS | {SPONSOR, DECIDER},
        NOBODY_OF_THOSE,
        dict.fromkeys(AUTHORS, NOT_ONES_OWN),
    ),
    "sponsor @edda": Row(AUTHORS, "an author"),
    "unsponsor": Row(frozenset({SPONSOR}), NO_CONSENT),
    "unsponsor @vera": FOR_EDITORS_AND_DELEGATES,
    "accept-sponsor @vera because https://discuss.python.org/t/1/2": FOR_EDITORS_AND_DELEGATES,
    "delegate": Row(frozenset({SPONSOR}), NOT_CORE, dict.fromkeys(AUTHORS, OWN_PEP)),
    "delegate @vera because https://discuss.python.org/t/1/2": FOR_EDITORS_AND_DELEGATES,
    "delegate end @vera because she asked to": Row(EDITORS | {SPONSOR}, NOT_TO_END),
    "skip codeowners because I know better": FOR_EDITORS,
    "unskip codeowners": FOR_EDITORS,
    "label +typing": FOR_EDITORS,
    "idea": FOR_EDITORS,
    "await editor": FOR_AUTHORS_AND_EDITORS,
    "await decision": Row(
        EDITORS, "an author or a PEP editor", dict.fromkeys(AUTHORS, NO_HANDING_OVER)
    ),
    "title": FOR_AUTHORS_AND_EDITORS,
    "fix": FOR_AUTHORS_AND_EDITORS,
    "prepare accepted": FOR_PARTICIPANTS,
    "thread https://discuss.python.org/t/12345": FOR_PARTICIPANTS,
    "submit": FOR_PARTICIPANTS,
    "pause": ON_ONES_OWN,
    "pause because we talk by mail": ON_ONES_OWN,
    "resume": ON_ONES_OWN,
}


def test_every_form_of_every_command_is_tried() -> None:
    tried = set()
    for text in TABLE:
        parsed = parsed_command(text)
        tried.add((parsed.command.verb, parsed.form.usage(parsed.command.verb)))
    forms = {(one.verb, form.usage(one.verb)) for one in all_commands() for form in one.forms}
    assert tried == forms


@pytest.mark.parametrize("text", TABLE)
def test_who_may_give_a_command_and_how_others_are_refused(text: str) -> None:
    row, parsed, pull = TABLE[text], parsed_command(text), under_review()
    for by in ROLES:
        result = run_parsed(parsed, by, pull)
        assert result.done is (by in row.may), by
        if not result.done:
            assert result.reply == row.refusal(by, parsed), by
            assert not result.effects, by


@pytest.mark.parametrize("text", TABLE)
def test_by_policy_a_collaborator_may_reserve_numbers_and_change_labels_and_nothing_more(
    text: str,
) -> None:
    parsed, pull = parsed_command(text), under_review()
    for is_on in (False, True):
        policy = default_policy().model_copy(update={"editors": Editors(collaborators=is_on)})
        result = run_parsed(parsed, STRANGER, pull, Role.COLLABORATOR, policy=policy)
        is_task = is_on and text.startswith(("number 850", "number release", "label"))
        assert result.done is (is_task or STRANGER in TABLE[text].may)
        if is_task:
            refusal = run_parsed(parsed, STRANGER, pull, policy=policy).reply
            assert refusal.endswith("is for a PEP editor or a collaborator with write access.")


def test_the_list_of_commands_says_which_need_write_access_where_that_is_enough() -> None:
    parsed, pull = parsed_command("help"), under_review()
    for is_on in (False, True):
        policy = default_policy().model_copy(update={"editors": Editors(collaborators=is_on)})
        helped = run_parsed(parsed, STRANGER, pull, policy=policy).reply
        assert helped.count("(if you have write access)") == (3 if is_on else 0)
        assert "/pep skip" not in helped


@pytest.mark.parametrize("login", [OPENER, COAUTHOR])
def test_an_author_is_nobodys_delegate(login: str) -> None:
    result = run_parsed(parsed_command(f"delegate @{login} because {LINK}"), EDITOR, under_review())
    assert not result.done
    assert result.reply == f"`@{login}` is an author of this PEP; nobody decides on their own PEP."
