"""The one reply to a text: answers, and what is wrong, pointed at."""

from bot.commands.grammar.lines import MOST_COMMANDS, SyntaxProblem
from bot.commands.log import CommandComment
from bot.commands.text import Place
from bot.review.reconcile import digest_of
from bot.review.render.markdown import block, target
from bot.rules.finding import code

SOMEBODY_ELSE = (
    "Somebody else wrote commands into this text, so they are not carried out, and will not be "
    "from here. Whoever means them says so in a text of their own."
)

LEFT_ALONE = (
    "Somebody else edited this text, so nothing that was refused before is carried out now. "
    "Whoever wrote it may edit it, too."
)

UNSEEN = (
    "A command stood in the text before the edit, and was not heard of then; perhaps somebody else "
    "wrote it. Whoever means it says so in a new text."
)
"""What is said of a command of which an edit alone tells that it is older than the edit."""

TOO_MANY = (
    f"Of one text only the first {MOST_COMMANDS} commands are heard; say the others in another."
)

_SHOWN = 100
"""Characters of a mistaken line that are shown, around the place."""

_LONGEST = 50_000
"""Characters of a reply's answers; GitHub takes some more in a comment."""

_CUT = "(Shortened: GitHub takes no longer comment.)"


def reply_to(heard: CommandComment) -> str:
    """The reply's whole text; empty if there is nothing to say."""
    if not heard.shown:
        return ""
    paragraphs = [f"<!-- pep-bot:{heard.marker} -->"]
    room = _LONGEST
    for told_once in dict.fromkeys(heard.shown):
        room -= len(told_once) + 2
        if room < 0:
            # Cut between answers, so that no fold or block is left open.
            paragraphs.append(_CUT)
            break
        paragraphs.append(told_once)
    paragraphs.append(f"<sub>To [{_what(heard)}]({target(heard.url)})</sub>")
    return "\n\n".join(paragraphs) + "\n"


def is_answered(heard: CommandComment) -> bool:
    """Whether reaction and reply stand as they should."""
    body = reply_to(heard)
    reacted = not heard.has_reactions or heard.reaction == heard.wants
    return reacted and heard.reply_digest == (digest_of(body) if body else "")


def _what(heard: CommandComment) -> str:
    match heard.place:
        case Place.BUTTON:
            return f"the button that {heard.author} pressed"
        case Place.DESCRIPTION:
            return "the description"
    return f"what {heard.author} said"


def render_problem(mistake: SyntaxProblem) -> str:
    """A mistake in words: the line with a caret below the place, and what would be right."""
    line, column = _window(mistake)
    but = f"I understood {code(mistake.understood)}, but" if mistake.understood else ""
    paragraphs = [
        f"{but or 'I do not understand this command:'} {mistake.problem}.",
        block(f"{line}\n{' ' * column}^"),
    ]
    if mistake.nearest:
        paragraphs += ["Did you mean this?", block(_printable(mistake.nearest))]
    elif mistake.usage:
        paragraphs += ["It is written like this:", block(mistake.usage)]
    else:
        paragraphs.append("`/pep help` lists what you may say here.")
    return "\n\n".join(paragraphs)


def _printable(text: str) -> str:
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean.replace("\u00ad", " ")


def _window(mistake: SyntaxProblem) -> tuple[str, int]:
    """A piece of the line around the place, of characters that are one column wide or nearly."""
    clean = _printable(mistake.text)
    start = max(0, mistake.column - _SHOWN + 20)
    piece = clean[start : start + _SHOWN].rstrip()
    return ("…" if start else "") + piece, mistake.column - start + bool(start)
