"""The bot's single reply to a text: the answers to its commands, and its syntax errors."""

from bot.commands.grammar.lines import MOST_COMMANDS, SyntaxProblem
from bot.commands.log import CommandComment
from bot.commands.text import Place
from bot.review.reconcile import digest_of
from bot.review.render.markdown import block, target
from bot.rules.engine.finding import safe_code

WRITTEN_BY_SOMEBODY_ELSE = (
    "Somebody else wrote commands into this text, so I do not run them, and will not run "
    "them from here. To run a command, write it in a comment of your own."
)

EDITED_BY_SOMEBODY_ELSE = (
    "Somebody else edited this text, so I do not run what was refused before. Its author "
    "can edit it, too."
)

UNATTRIBUTED = (
    "The text already had a command before this edit that I did not see then; perhaps "
    "somebody else wrote it. To run it, write it in a new comment."
)
"""The answer to a command that an edit event shows as already there before the edit."""

TOO_MANY = (
    f"Only the first {MOST_COMMANDS} commands of a text are run; write the others in "
    "another comment."
)

_WINDOW = 100
"""How many characters of a wrong line are shown, around the error."""

_LONGEST = 50_000
"""How long a reply's answers may be, in characters; GitHub allows a little more in a comment."""

_CUT = "(Shortened to GitHub's limit.)"


def reply_to(processed: CommandComment) -> str:
    """The whole text of the reply; empty if there is nothing to say."""
    if not processed.reply_parts:
        return ""
    paragraphs = [f"<!-- pep-bot:{processed.marker} -->"]
    characters_left = _LONGEST
    for paragraph in dict.fromkeys(processed.reply_parts):
        characters_left -= len(paragraph) + 2
        if characters_left < 0:
            # Cut between answers, so that no `<details>` or code block is left open.
            paragraphs.append(_CUT)
            break
        paragraphs.append(paragraph)
    paragraphs.append(
        f"<sub>In reply to [{_name_of_place(processed)}]({target(processed.url)})</sub>"
    )
    return "\n\n".join(paragraphs) + "\n"


def is_answered(processed: CommandComment) -> bool:
    """Whether the reaction and the reply on GitHub are as they should be."""
    body = reply_to(processed)
    reacted = not processed.has_reactions or processed.reaction == processed.desired_reaction
    return reacted and processed.reply_digest == (digest_of(body) if body else "")


def _name_of_place(processed: CommandComment) -> str:
    match processed.place:
        case Place.BUTTON:
            return f"the button that {processed.author} pressed"
        case Place.DESCRIPTION:
            return "the description"
    return f"what {processed.author} wrote"


def render_problem(syntax_problem: SyntaxProblem) -> str:
    """A syntax error as Markdown: the line, a caret below the error, and what would be right."""
    line, column = _window(syntax_problem)
    opening = (
        f"I understood {safe_code(syntax_problem.understood)}, but"
        if syntax_problem.understood
        else ""
    )
    paragraphs = [
        f"{opening or 'I do not understand this command:'} {syntax_problem.problem}.",
        block(f"{line}\n{' ' * column}^"),
    ]
    if syntax_problem.nearest:
        paragraphs += [
            "Did you mean this?",
            block(_without_control_characters(syntax_problem.nearest)),
        ]
    elif syntax_problem.usage:
        paragraphs += ["Write it like this:", block(syntax_problem.usage)]
    else:
        paragraphs.append("`/pep help` lists the commands that you can use here.")
    return "\n\n".join(paragraphs)


def _without_control_characters(text: str) -> str:
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean.replace("\u00ad", " ")


def _window(syntax_problem: SyntaxProblem) -> tuple[str, int]:
    """The part of the line around the error, in characters about one column wide."""
    clean = _without_control_characters(syntax_problem.text)
    start = max(0, syntax_problem.column - _WINDOW + 20)
    piece = clean[start : start + _WINDOW].rstrip()
    return ("…" if start else "") + piece, syntax_problem.column - start + bool(start)
