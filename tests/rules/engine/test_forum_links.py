from bot.peps.change import Change
from bot.peps.forum import ForumRequest, PostRef
from bot.peps.number import PepNumber
from bot.rules.engine.forum_links import MAX_POSTS, forum_links
from tests.rules.builders import added, change, longer, modified, pep_text

POST = "https://discuss.python.org/t/66453/63"
BODY = "* [x] Core dev/PEP editor listed as author or sponsor: https://discuss.python.org/t/7/8"
DRAFT = pep_text(758)


def links_of(the_change: Change) -> ForumRequest:
    return forum_links(the_change, frozenset({PepNumber(9999)}))


def test_decisions_threads_and_the_post_beside_the_sponsor_item_are_asked_for() -> None:
    decision = modified(DRAFT, pep_text(758, Status="Accepted", Resolution=POST))
    thread = added(pep_text(791, **{"Discussions-To": "https://discuss.python.org/t/calm/9"}))
    assert links_of(change(decision, thread, body=BODY)) == ForumRequest(
        (PostRef(7, 8), PostRef(66453, 63)), (9,)
    )


def test_headers_that_nobody_touches_are_left_alone() -> None:
    before = pep_text(758, Resolution=POST, **{"Discussions-To": "https://discuss.python.org/t/9"})
    assert links_of(change(modified(before, longer(before, "More.")), body=BODY)) == ForumRequest()


def test_a_status_that_moves_has_its_old_link_read() -> None:
    before = pep_text(758, Resolution=POST)
    after = pep_text(758, Status="Accepted", Resolution=POST)
    assert links_of(change(modified(before, after))).posts == (PostRef(66453, 63),)


def test_never_more_than_a_few() -> None:
    files = [
        added(
            pep_text(number, Resolution=f"https://discuss.python.org/t/1/{number}"),
            f"peps/pep-0{number}.rst",
        )
        for number in range(700, 760)
    ]
    assert len(links_of(change(*files)).posts) == MAX_POSTS
