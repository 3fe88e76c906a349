"""What docutils says of one text: nothing is fetched, nothing included, nothing run.

This may take long and much memory on a text made for that, so only a process apart calls it on
what strangers wrote; see `bot.markup.workers`.
"""

import re
from typing import Final

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.readers.standalone import Reader
from docutils.utils import Reporter, new_document

from bot.markup.dialect import learn
from bot.peps.markup import Markup, MarkupLevel, MarkupProblem
from bot.peps.preamble import parse_preamble

_MOST = 100
"""Problems told of one text."""

_SETTINGS: Final[dict[str, object]] = {
    # What keeps docutils away from files; see its "Deploying Docutils Securely".
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "report_level": Reporter.WARNING_LEVEL,
    "halt_level": Reporter.SEVERE_LEVEL + 1,
    "warning_stream": False,
    "syntax_highlight": "none",
    "doctitle_xform": False,
    "docinfo_xform": False,
    "sectsubtitle_xform": False,
    "pep_references": False,
    "rfc_references": False,
}

_PASSED_OVER = re.compile(
    # Sphinx defines these.
    r'Undefined substitution referenced: "(?:today|version|release)"\.'
    # Docutils 0.22 and later say so; python/peps is not built with those, and what they object to
    # is what its own pages are full of (python/peps#4924).
    r"|Footnote content expected\."
    r"|Duplicate target name, cannot be used as a unique reference: .*"
    r"|Indirect hyperlink target .* which is a duplicate, and cannot be used as a unique ref.*"
    # Of what may be right where python/peps is built, only that it is not done here is known.
    r"|File and URL access deactivated; ignoring .*",
    re.DOTALL,
)


def read_markup(text: str) -> Markup:
    """Parse a PEP and resolve its references, without looking beyond it.

    Raises:
        Exception: Whatever docutils raises on a text that it cannot cope with, `RecursionError`
            and `MemoryError` among it.
    """
    learn()
    parser = Parser()
    settings = get_default_settings(Parser, Reader)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    document = new_document("PEP", settings)
    problems: dict[tuple[int, str], MarkupProblem] = {}
    last = text.count("\n") + 1

    def note(message: nodes.system_message) -> None:
        level = message["level"]
        if level < MarkupLevel.WARNING or len(problems) >= _MOST:
            return
        words = message.children[0].astext() if message.children else ""
        if _PASSED_OVER.fullmatch(words):
            return
        line = min(max(message.get("line") or 1, 1), last)
        problems.setdefault((line, words), MarkupProblem(line, MarkupLevel(level), words[:500]))

    document.reporter.attach_observer(note)
    parser.parse(_below_header(text), document)
    document.transformer.populate_from_components((Reader(), parser))
    document.transformer.apply_transforms()
    return Markup(tuple(sorted(problems.values(), key=lambda problem: problem.line)))


def _below_header(text: str) -> str:
    """The text without its header, on the lines it stands on.

    A header is no field list to docutils, and other rules look at it.
    """
    header = parse_preamble(text).last_line
    lines = text.split("\n")
    return "\n" * header + "\n".join(lines[header:])
