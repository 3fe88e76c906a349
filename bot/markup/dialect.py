"""The roles and directives that PEPs may use beside docutils' own: known by name, doing nothing.

python/peps is built with Sphinx, which never reads strangers' text here. What Sphinx and the
repository's own extensions add (`pep_sphinx_extensions`) is stood in for: a role keeps its text, a
directive of prose parses its content, and one of code or of another file drops it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles

from bot.markup.names import (
    DESCRIPTIONS,
    DOMAINS,
    OF_EVERY_DOMAIN,
    ROLES,
    TEXTS,
    VERBATIM,
)

_ELSEWHERE = ("external:", "external+")
"""What roles of Sphinx begin with that point into the documentation of another project."""

_UNTOUCHED = frozenset({"note", "class", "math", "rubric"})
"""Docutils has these itself."""


class _Roles(dict[str, Any]):
    """Roles by name, and those that Sphinx makes up from a name.

    These are any of another project's inventory (`external+py3.12:mod`), and those of every domain
    behind the name of one domain (`py:ref`).
    """

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or _is_made_up(str(name))

    def __missing__(self, name: str) -> Any:
        if _is_made_up(name):
            return _role
        raise KeyError(name)


def _is_made_up(role: str) -> bool:
    domain, _, name = role.partition(":")
    return role.startswith(_ELSEWHERE) or (domain in DOMAINS and name in OF_EVERY_DOMAIN)


class _Anything(dict[str, Callable[[str], str]]):
    """The options of a directive of which nobody needs to know which it has."""

    def __missing__(self, key: str) -> Callable[[str], str]:
        return directives.unchanged

    def __bool__(self) -> bool:
        return True


class _Verbatim(Directive):
    """A directive whose content means nothing to docutils."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[Any] = _Anything()

    def run(self) -> Sequence[nodes.Node]:
        """Nothing comes of it."""
        return []


class _Prose(_Verbatim):
    """A directive whose content is reStructuredText."""

    def run(self) -> Sequence[nodes.Node]:
        """What its content parses to."""
        node = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class _Text(_Prose):
    """A directive without arguments."""

    optional_arguments = 0


class _Glossary(_Prose):
    """A list of terms and what they mean; several terms in a row share one meaning."""

    def run(self) -> Sequence[nodes.Node]:
        """What its content parses to, with one of the terms that share a meaning."""
        for at in range(len(self.content) - 1):
            line, following = self.content[at], self.content[at + 1]
            if _is_term(line) and _is_term(following):
                self.content[at] = ""
        return super().run()


def _is_term(line: str) -> bool:
    return bool(line.strip()) and not line[0].isspace()


def learn() -> None:
    """Teach docutils the names, and make it forget those that a text before this one defined.

    Docutils keeps both for the whole process; `role` and `default-role` in one text would count
    in every later one.
    """
    roles._roles = _Roles(dict.fromkeys(ROLES, _role))  # type: ignore[attr-defined]
    for names, directive in ((TEXTS, _Text), (DESCRIPTIONS, _Prose), (VERBATIM, _Verbatim)):
        for name in names:
            if name not in _UNTOUCHED:
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
