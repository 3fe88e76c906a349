"""What docutils says of a text, and what a text cannot make it do."""

import builtins
import http.server
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup.read import read_markup
from bot.peps.change import Markup, MarkupLevel
from tests.rules.builders import pep_text

HEADER = pep_text().split("\n\n")[0]


def below(body: str) -> str:
    """A PEP with this text below its header."""
    return f"{HEADER}\n\n{body}"


def problems_in(body: str) -> list[tuple[int, str]]:
    """What docutils says of a text below a header: lines counted below it, and sentences."""
    header = HEADER.count("\n") + 2
    return [(one.line - header, one.message) for one in read_markup(below(body)).problems]


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("A reference_.", 1, 'Unknown target name: "reference".'),
        ("Words.\n\nSee :peps:`8`.", 3, 'Unknown interpreted text role "peps".'),
        (".. code-blok:: python\n\n   x = 1", 1, 'Unknown directive type "code-blok".'),
        ("Words\nand more\n  indented", 3, "Unexpected indentation."),
        ("See [Unknown]_.", 1, 'Unknown target name: "unknown".'),
        ("See [1]_.", 1, 'Unknown target name: "1".'),
        ("See |this|.", 1, 'Undefined substitution referenced: "this".'),
    ],
)
def test_what_cannot_be_understood_is_an_error_at_its_line(
    body: str, line: int, words: str
) -> None:
    (problem,) = [
        one for one in read_markup(below(body)).problems if one.level >= MarkupLevel.ERROR
    ][-1:]
    assert problem.line - HEADER.count("\n") - 2 == line
    assert words in problem.message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("A title\n=====\n\nWords.", "Title underline too short."),
        ("An *emphasis without end.", "Inline emphasis start-string without end-string."),
        ("A ``literal without end.", "Inline literal start-string without end-string."),
        ("::\n\n   code\nWords.", "Literal block ends without a blank line"),
        ("* one\nwords", "Bullet list ends without a blank line"),
    ],
)
def test_what_is_understood_in_spite_of_a_slip_is_a_warning(body: str, words: str) -> None:
    (problem,) = read_markup(below(body)).problems
    assert problem.level is MarkupLevel.WARNING
    assert words in problem.message


@pytest.mark.parametrize(
    "body",
    [
        "See :pep:`8`, :rfc:`2822`, :ref:`there <8-there>`, :py:func:`len`.",
        "See :external+py3.14:mod:`re` and :external:mod:`re`.",
        "See :py:ref:`there` and :cpython-issue:`1`.",
        ".. code-block:: python\n   :caption: What\n   :emphasize-lines: 2\n\n   ``x",
        ".. canonical-doc:: :mod:`re`",
        ".. note::\n\n   Words.",
        ".. versionadded:: 3.14\n   Words.",
        ".. glossary::\n\n   a term\n   another\n       Both mean it.\n\n   third\n       This.",
        ".. deprecated-removed:: 3.12 3.14\n   Use :func:`len`.",
        ".. function:: len(x)\n\n   Words.",
        "|today| |release|",
        ".. math::\n\n   a^2",
        ".. _there:\n\nThere_.",
        "Same\n----\n\nSame\n----\n\n`Same <Same_>`_ words.",
    ],
)
def test_what_python_peps_understands_is_understood(body: str) -> None:
    assert problems_in(body) == []


@pytest.mark.parametrize(
    "prose",
    [
        ".. versionchanged:: 3.14\n   A reference_.",
        ".. versionchanged:: 3.14\n\n   A reference_.",
        ".. seealso:: A reference_.",
        ".. canonical-doc:: A reference_",
        ".. function:: len(*x)\n\n   A reference_.",
        ".. glossary::\n\n   term\n   another\n      A reference_.",
        ".. note::\n\n   .. todo:: A reference_.",
    ],
)
def test_the_content_of_prose_directives_is_read(prose: str) -> None:
    (found,) = problems_in(prose)
    assert "reference" in found[1]


def test_the_content_of_code_is_not_read() -> None:
    assert problems_in(".. code-block:: text\n\n   A reference_ and *") == []


def test_the_header_is_no_markup_and_lines_are_those_of_the_file() -> None:
    text = pep_text(Title="A *star and a reference_") + "\n\nreference_\n"
    (problem,) = read_markup(text).problems
    assert text.split("\n")[problem.line - 1] == "reference_"


def test_a_role_defined_in_one_text_is_unknown_in_the_next() -> None:
    assert problems_in(".. role:: own(emphasis)\n\n:own:`words`") == []
    assert problems_in(":own:`words`") != []
    assert problems_in(".. default-role:: code\n\n`words`") == []
    fresh = read_markup(below("`words`"))
    assert fresh == Markup()


def test_at_most_a_hundred_problems_are_kept_and_none_is_long() -> None:
    body = "\n\n".join(f"reference{number}_" for number in range(300))
    problems = read_markup(below(body)).problems
    assert len(problems) == 100
    long = read_markup(below("x" * 5_000 + "_"))
    assert all(len(problem.message) <= 500 for problem in long.problems)


_OPENED: list[str] = []
_WATCHED = frozenset(
    {"open", "os.listdir", "os.scandir", "os.system", "socket.connect", "socket.getaddrinfo",
     "subprocess.Popen", "urllib.Request", "exec", "os.posix_spawn", "os.fork"}
)  # fmt: skip
_watching = False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event in _WATCHED:
        _OPENED.append(f"{event}: {str(arguments[:1])[:200]}")


sys.addaudithook(_watch)


@contextmanager
def watched() -> Iterator[list[str]]:
    """What a block opens, runs or connects to, as Python's audit hooks tell."""
    global _watching
    _OPENED.clear()
    _watching = True
    try:
        yield _OPENED
    finally:
        _watching = False


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    """A web server that remembers what it is asked for; its end takes half a second."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"1,2\n")

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as here:
        thread = threading.Thread(target=here.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{here.server_address[1]}", asked
        here.shutdown()
        thread.join()


ATTACKS = {
    "include": ".. include:: {file}",
    "include as code": ".. include:: {file}\n   :code: text",
    "include of docutils' own": ".. include:: <isonum.txt>",
    "include twice": ".. include:: {file}\n\n.. include:: {file}\n   :start-line: 1",
    "raw": ".. raw:: html\n\n   <script>alert(1)</script>",
    "raw of a file": ".. raw:: html\n   :file: {file}",
    "raw of a URL": ".. raw:: html\n   :url: {url}/raw",
    "raw role": ".. role:: raw-html(raw)\n   :format: html\n\n:raw-html:`<b>`",
    "table of a file": ".. csv-table::\n   :file: {file}",
    "table of a URL": ".. csv-table::\n   :url: {url}/table",
    "literal include": ".. literalinclude:: {file}",
    "picture": ".. image:: {file}\n\n.. figure:: {url}/figure\n\n   Words.",
    "picture measured": ".. image:: {file}\n   :scale: 50%",
    "mathematics": ".. math::\n\n   \\input{{{file}}}",
    "configuration": ".. meta::\n   :refresh: 0",
    "template": ".. |x| image:: {file}\n\n|x|",
    "date": ".. |date| date:: %Y\n\n|date|",
    "unicode": ".. |u| unicode:: 0x202E\n\n|u|",
    "download": ":download:`{file}`",
    "graph": ".. graphviz:: {file}",
    "diagram": ".. inheritance-diagram:: os",
    "class of the directive": ".. class:: {file}\n\nWords.",
    "parsed literal": ".. parsed-literal::\n\n   .. include:: {file}",
    "in a table": ".. list-table::\n\n   * - .. include:: {file}",
    "in a note": ".. note::\n\n   .. include:: {file}",
    "in a glossary": ".. glossary::\n\n   term\n      .. include:: {file}",
    "replace": ".. |r| replace:: {file}\n\n|r|",
    "target": ".. _t: file://{file}\n\nt_",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_text_makes_docutils_open_anything(
    tmp_path: Path, server: tuple[str, list[str]], attack: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    url, asked = server
    asked.clear()
    text = below(attack.format(file=secret, url=url))
    read_markup(text)  # what docutils and Python load once is loaded now
    with watched() as opened:
        markup = read_markup(text)
    assert opened == []
    assert asked == []
    assert not any("the secret" in one.message for one in markup.problems)


def test_the_watch_sees_what_is_opened(tmp_path: Path) -> None:
    with watched() as opened:
        (tmp_path / "new").write_text("x")
        with socket.socket() as made:
            made.connect_ex(("127.0.0.1", 9))
        list(tmp_path.iterdir())
        builtins.exec("x = 1")
    seen = {one.partition(":")[0] for one in opened}
    assert seen >= {"open", "socket.connect", "exec"}
    assert seen & {"os.listdir", "os.scandir"}


_MARKUP = st.text(st.sampled_from("ab \n\t*`_|:.=-+[]<>\\(){}#1\u200b\u202e\x00"), max_size=200)


@given(_MARKUP)
def test_any_text_has_lines_within_it(text: str) -> None:
    for problem in read_markup(text).problems:
        assert 1 <= problem.line <= text.count("\n") + 1
