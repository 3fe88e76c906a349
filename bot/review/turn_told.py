"""Why it is somebody's turn, in words."""

from bot.review.markdown import escape, target
from bot.review.stage import CHANGES_REQUESTED, DRAFT, SET, Stage, Word
from bot.review.verdict import Verdict
from bot.rules.wording import code, listed


def turn_told(verdict: Verdict) -> str:
    """The reason for the stage, as it follows "because"; names and rules only, no sentences."""
    cause = verdict.stage_cause
    if cause.startswith(SET):
        return _said(verdict.stage_word)
    if cause.startswith(CHANGES_REQUESTED):
        who = cause.removeprefix(CHANGES_REQUESTED).split()
        return f"{listed(tuple(code(f'@{login}') for login in who))} asked for changes"
    match verdict.stage:
        case Stage.AUTHOR:
            words = cause.split()
            reasons = ["it is a draft"] if DRAFT in words else []
            rules = tuple(code(word) for word in words if word != DRAFT)
            if rules:
                reasons.append(f"there is something to mend ({listed(rules)})")
            return " and ".join(reasons)
        case Stage.SPONSOR:
            return f"{escape(cause)} has not agreed here"
        case Stage.DECISION:
            return "a status moves"
    return "nothing is left that a machine could check"


def _said(word: Word | None) -> str:
    who = code(f"@{word.by}") if word is not None and word.by else "somebody"
    if word is None or not word.url:
        return f"{who} set the label"
    return f"{who} [said so]({target(word.url)})"
