"""A post on the forum in words: of which day, and by whom."""

from bot.peps.dates import in_pep_style
from bot.peps.forum import PostRead
from bot.peps.people import Login, same_login
from bot.rules.standing import SponsorStanding
from bot.rules.wording import code, name


def day_and_writer(post: PostRead) -> str:
    """`of 17-Mar-2025 (UTC) by Ada Merritt (`ada` there)`; safe in a sentence.

    Names on the forum are chosen freely, so the account always stands beside the name.
    """
    account = code(post.username)
    by = f"{name(post.name)} ({account} there)" if post.name else f"{account} there"
    return f"of {in_pep_style(post.day)} (UTC) by {by}"


def may_be_by(post: PostRead, sponsor: SponsorStanding) -> bool:
    """Whether its writer goes by the sponsor's name or account, as anybody may."""
    if sponsor.login is not None and same_login(sponsor.login, Login(post.username)):
        return True
    return bool(sponsor.name) and name(post.name).casefold() == sponsor.name.casefold()
