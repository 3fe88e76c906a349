"""Runs docutils on one text: nothing is fetched, included or executed.

A malicious text can make this take very long or use much memory, so texts by strangers are read
only in a separate process; see `bot.markup.process`.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Final

from docutils import nodes
from docutils.frontend import Values, get_default_settings
from docutils.parsers.rst import Directive, Parser, directives, roles
from docutils.parsers.rst.states import Inliner
from docutils.readers.standalone import Reader
from docutils.utils import Reporter, new_document

from bot.peps.change import Markup, MarkupLevel, MarkupProblem
from bot.peps.preamble import parse_preamble

_NAMES = tomllib.loads((files("bot.markup") / "names.toml").read_text("utf-8"))
_ROLES = frozenset(_NAMES["roles"])
_DOMAINS = frozenset(_NAMES["domains"])
_OF_EVERY_DOMAIN = frozenset(_NAMES["roles_of_every_domain"])

_OTHER_PROJECTS = ("external:", "external+")
"""Prefixes of Sphinx roles that link to the documentation of another project."""

_DOCUTILS_OWN = frozenset({"note", "class", "math", "rubric"})
"""Directives that docutils itself has."""


class _Roles(dict[str, Any]):
    """Roles by name, including those that Sphinx derives from a prefix.

    Derived are roles in another project's inventory (`external+py3.12:mod`), and roles of every
    domain with the prefix of one (`py:ref`).
    """

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or _is_derived_role(str(name))

    def __missing__(self, name: str) -> Any:
        if _is_derived_role(name):
            return _role
        raise KeyError(name)


def _is_derived_role(role: str) -> bool:
    domain, _, name = role.partition(":")
    return role.startswith(_OTHER_PROJECTS) or (domain in _DOMAINS and name in _OF_EVERY_DOMAIN)


class _AnyOption(dict[str, Callable[[str], str]]):
    """An option list that accepts any option, for directives whose options do not matter."""

    def __missing__(self, key: str) -> Callable[[str], str]:
        return directives.unchanged

    def __bool__(self) -> bool:
        return True


class _Verbatim(Directive):
    """A directive whose content is ignored."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[Any] = _AnyOption()

    def run(self) -> Sequence[nodes.Node]:
        """No nodes."""
        return []


class _Prose(_Verbatim):
    """A directive whose content is reStructuredText."""

    def run(self) -> Sequence[nodes.Node]:
        """The parsed content."""
        node = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class _Text(_Prose):
    """A directive without arguments."""

    optional_arguments = 0


class _Glossary(_Prose):
    """A list of terms and definitions; several terms in a row share one definition."""

    def run(self) -> Sequence[nodes.Node]:
        """The parsed content, with only one of the terms that share a definition."""
        for at in range(len(self.content) - 1):
            line, following = self.content[at], self.content[at + 1]
            if _is_term(line) and _is_term(following):
                self.content[at] = ""
        return super().run()


def _is_term(line: str) -> bool:
    return bool(line.strip()) and not line[0].isspace()


def register_names() -> None:
    """Register the names with docutils, and remove those that earlier texts defined.

    Docutils keeps them for the whole process, so `role` and `default-role` in one text would
    affect every later one.
    """
    roles._roles = _Roles(dict.fromkeys(_ROLES, _role))  # type: ignore[attr-defined]
    for kind, directive in (("prose", _Text), ("descriptions", _Prose), ("verbatim", _Verbatim)):
        for name in _NAMES["directives"][kind]:
            if name not in _DOCUTILS_OWN:
                directives.register_directive(name, directive)
    directives.register_directive("glossary", _Glossary)


def _role(
    name: str,  # noqa: ARG001
    rawtext: str,
    text: str,
    lineno: int,  # noqa: ARG001
    inliner: object,  # noqa: ARG001 - docutils' protocol
    options: Mapping[str, object] | None = None,  # noqa: ARG001
    content: Sequence[str] = (),  # noqa: ARG001
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    return [nodes.inline(rawtext, text)], []


_MOST = 100
"""How many problems of one text are reported."""

_SETTINGS: Final[dict[str, object]] = {
    # These keep docutils away from files; see its "Deploying Docutils Securely".
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

_IGNORED = re.compile(
    # Sphinx defines these.
    r'Undefined substitution referenced: "(?:today|version|release)"\.'
    # Only docutils 0.22 and later report these. python/peps is not built with those versions, and
    # its own pages are full of what they object to (python/peps#4924).
    r"|Footnote content expected\."
    r"|Duplicate target name, cannot be used as a unique reference: .*"
    r"|Indirect hyperlink target .* which is a duplicate, and cannot be used as a unique ref.*"
    # Inclusion may work where python/peps is built; here it is only turned off.
    r"|File and URL access deactivated; ignoring .*",
    re.DOTALL,
)


_MARKUP = re.compile(r"[*`_|\\]")
"""What every kind of inline markup contains, or escapes."""


def _inliner() -> Inliner:
    """What finds inline markup, but not bare web and mail addresses: they are never wrong.

    Looking for them takes docutils a tenth of its time on a real PEP, and looking for markup in
    texts that have none takes it another sixth.
    """
    inliner = Inliner()  # docutils looks for its patterns in the very class
    inliner.implicit_inline = _plain_text  # type: ignore[method-assign]
    parse = inliner.parse

    def parse_marked(text: str, lineno: int, memo: Any, parent: Any) -> Any:
        if _MARKUP.search(text):
            return parse(text, lineno, memo, parent)
        return _plain_text(text, lineno), []

    inliner.parse = parse_marked  # type: ignore[method-assign]
    return inliner


def _plain_text(text: str, lineno: int) -> list[nodes.Text]:  # noqa: ARG001 - docutils' protocol
    return [nodes.Text(text)] if text else []


@cache
def _settings() -> Values:
    """Docutils' settings; collecting them takes as long as reading a short PEP."""
    settings = get_default_settings(Parser, Reader)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    return settings


def read_markup(text: str) -> Markup:
    """Parse a PEP and resolve its references, without reading anything else.

    Raises:
        Exception: Whatever docutils raises on a text that it cannot handle, including
            `RecursionError` and `MemoryError`.
    """
    register_names()
    parser = Parser(inliner=_inliner())
    document = new_document("PEP", deepcopy(_settings()))
    problems: dict[tuple[int, str], MarkupProblem] = {}
    last = text.count("\n") + 1

    def note(message: nodes.system_message) -> None:
        level = message["level"]
        if level < MarkupLevel.WARNING or len(problems) >= _MOST:
            return
        message_text = message.children[0].astext() if message.children else ""
        if _IGNORED.fullmatch(message_text):
            return
        line = min(max(message.get("line") or 1, 1), last)
        problems.setdefault(
            (line, message_text), MarkupProblem(line, MarkupLevel(level), message_text[:500])
        )

    document.reporter.attach_observer(note)
    parser.parse(_below_header(text), document)
    document.transformer.populate_from_components((Reader(), parser))
    document.transformer.apply_transforms()
    return Markup(tuple(sorted(problems.values(), key=lambda problem: problem.line)))


def _below_header(text: str) -> str:
    """The text with blank lines in place of its header, so that line numbers stay the same.

    Docutils cannot parse the header as a field list, and other rules check it.
    """
    header = parse_preamble(text).last_line
    lines = text.split("\n")
    return "\n" * header + "\n".join(lines[header:])
