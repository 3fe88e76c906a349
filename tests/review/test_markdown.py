"""No stranger's text takes part in our Markdown: seen through the HTML it becomes."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.review.render.markdown import block, line, plural, prose, target, within_limit
from bot.rules.engine.finding import Finding, Severity, join_names, safe_code, safe_name
from tests.builders import comment_text, new_pep, snapshot, wanted
from tests.rules.builders import OWNERS_BEFORE, pep_text

HOSTILE = (
    "<script>alert(1)</script>",
    "@everyone",
    "```@everyone`",
    "```<img src=x>`",
    "`a``@everyone`b`",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "<!-- pep-bot:summary -->",
    "a\n# Heading\n\n- item\n@everyone",
    "a\u2028# Heading\u2028@everyone",
    "a\r@everyone\r> quote",
    "\\`@everyone\\`",
    "``` \n@everyone\n```",
    "&lt;b&gt; &commat;everyone",
    "| a | b |\n|---|---|\n| @everyone | x |",
    "~~~\n@everyone",
    "*bold* __strong__ ~~gone~~",
    "<https://evil.example>",
)
_MARKS = [*"`@<>[]()*_~|!\\#\n&-+:=\t\r\x0b\u2028"]
_ATOMS = st.sampled_from([*_MARKS, "``", "```", "1.", "    ", "a", "everyone", "img"])
_TEXTS = st.lists(_ATOMS, max_size=24).map("".join)


class Seen(HTMLParser):
    """What a browser would be given: tags, links, and text outside code."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.comments: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._code += tag == "code"
        self.links += [value or "" for key, value in attrs if key in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def seen(markdown: str) -> Seen:
    """Read Markdown as GitHub does: tables, strikethrough, raw HTML and all."""
    parser = Seen()
    parser.feed(
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)
    )
    parser.close()
    return parser


@pytest.mark.parametrize("text", HOSTILE)
def test_prose_makes_no_tag_no_link_and_no_mention(text: str) -> None:
    shown = seen(f"It is {prose(text)} now.")
    assert set(shown.tags) <= {"p", "code"}
    assert shown.links == []
    assert shown.comments == []
    assert "@" not in shown.text


@given(_TEXTS)
def test_no_text_gets_out_of_prose(text: str) -> None:
    shown = seen(f"It is {prose(text)} now.")
    assert set(shown.tags) <= {"p", "code"}
    assert shown.links == []
    assert shown.comments == []
    assert "@" not in shown.text


@given(_TEXTS)
def test_no_text_gets_out_of_a_step(text: str) -> None:
    finding = Finding(
        rule="number",
        severity=Severity.WARNING,
        message=f"{safe_name(text)} wrote {safe_code(text)}.",
        action="Mend it",
        help=f"Write {safe_code(text)}, not {safe_name(text)}.",
    )
    shown = seen("- " + line("step", finding=finding, place=""))
    assert set(shown.tags) <= {"ul", "li", "strong", "code", "p"}
    assert shown.links == []
    assert "@" not in shown.text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_pep_header_becomes_markup_in_the_comment(text: str) -> None:
    folded = " ".join(text.split())
    hostile = pep_text(
        Title=folded,
        Author=f"{folded} <x at example.org>",
        Sponsor=f"{folded} <y at example.org>",
        Created=folded,
        **{"PEP-Delegate": folded, "Discussions-To": folded, "PEP": folded},
    )
    shown = snapshot(
        new_pep(
            hostile, title=text, body=text, owners=OWNERS_BEFORE + f"peps/pep-0791.rst {folded}\n"
        )
    )
    desired = wanted(shown)
    assert desired.check_run is not None
    for markdown in (comment_text(shown), desired.check_run.summary):
        result = seen(markdown)
        assert not {"script", "img", "h1", "table", "blockquote"} & set(result.tags)
        assert all(
            link.startswith(
                (
                    "https://peps.python.org/",
                    "https://pep-previews--4422.org.readthedocs.build/",
                    "https://discuss.python.org/c/",
                    "https://github.com/python/typing-council/",
                    "https://github.com/python/steering-council/",
                )
            )
            for link in result.links
        ), result.links
        assert "@" not in result.text
        assert result.comments in ([], [" pep-bot:summary "])


def test_the_code_in_a_sentence_stays_code() -> None:
    shown = prose("Add `Sponsor: Name <email>` below `Author`; see a_b.")
    assert shown == "Add `Sponsor: Name <email>` below `Author`; see a\\_b."


def test_folding_a_line_does_not_change_code() -> None:
    finding = Finding("number", Severity.WARNING, "Mend", help="See .github/x and `a .b :c`.")
    assert line("step", finding=finding, place="").endswith("See .github/x and `a .b :c`.")


def test_a_block_is_shown_as_it_is_even_below_a_list_item() -> None:
    result = seen("- Add:\n\n" + block("peps/pep-0791.rst  @Vera *x*\n<b>", "  ") + "\n")
    assert result.tags.count("code") == 1
    assert "em" not in result.tags
    assert "@" not in result.text


def test_a_link_target_cannot_be_left_nor_mention_anybody() -> None:
    assert target("https://mail.python.org/archives/list/x@python.org/") == (
        "https://mail.python.org/archives/list/x%40python.org/"
    )
    shown = seen(f"[a post]({target('https://x.example/) [y](https://evil.example')})")
    assert len(shown.links) == 1
    assert "evil.example" not in shown.text


def test_a_text_within_the_limit_is_left_as_it_is() -> None:
    assert within_limit("x" * 65_535, "(cut)") == "x" * 65_535


@pytest.mark.parametrize("text", ["x" * 70_000, ("word " * 20 + "\n\n") * 1_000])
def test_a_text_beyond_the_limit_ends_with_what_is_left_out(text: str) -> None:
    cut = within_limit(text, "(cut)")
    assert len(cut) <= 65_535
    assert cut.endswith("\n\n(cut)")


@pytest.mark.parametrize(
    ("count", "words"), [(0, "no steps"), (1, "one step"), (9, "nine steps"), (12, "12 steps")]
)
def test_small_numbers_are_words(count: int, words: str) -> None:
    assert plural(count, "step") == words


@pytest.mark.parametrize(
    ("names", "words"),
    [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")],
)
def test_names_are_joined_as_in_a_sentence(names: tuple[str, ...], words: str) -> None:
    assert join_names(names) == words
