"""A post on the forum in words: of which day, and by whom."""

from bot.peps.dates import in_pep_style
from bot.peps.forum import PostRead
from bot.peps.people import Login, same_login
from bot.rules.standing import SponsorStanding
from bot.rules.wording import code, name


def day_and_writer(post: PostRead) -> str:
    """`of 17-Mar-2025 (UTC) by Ada Merritt (`ada` there)`; safe in a sentence."""
    return f"of {in_pep_style(post.day)} (UTC) by {writer(post)}"


def day_taken(post: PostRead, header: str, *, is_first: bool) -> str:
    """That a header was given the day of a linked post, as a plain sentence.

    Args:
        post: The post.
        header: The header's name.
        is_first: Whether it is the first of its thread, as where the thread itself is linked.
    """
    which = "first post of the linked thread" if is_first else "linked post"
    return (
        f"The {which} was written on {in_pep_style(post.day)} by {writer(post)}; that day, in UTC, "
        f"stands in `{header}`."
    )


def writer(post: PostRead) -> str:
    """`Ada Merritt (`ada` there)`; safe in a sentence.

    Names on the forum are chosen freely, so the account always stands beside the name.
    """
    account = code(post.username)
    return f"{name(post.name)} ({account} there)" if post.name else f"{account} there"


def may_be_by(post: PostRead, sponsor: SponsorStanding) -> bool:
    """Whether its writer goes by the sponsor's name or account, as anybody may."""
    if sponsor.login is not None and same_login(sponsor.login, Login(post.username)):
        return True
    return bool(sponsor.name) and name(post.name).casefold() == sponsor.name.casefold()
