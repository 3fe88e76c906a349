"""The roles and directives that PEPs may use beside docutils' own: known by name, doing nothing.

python/peps is built with Sphinx, which never reads strangers' text here. What Sphinx and the
repository's own extensions add (`pep_sphinx_extensions`) is stood in for: a role keeps its text, a
directive of prose parses its content, and one of code or of another file drops it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles

_ROLES = frozenset(
    {
        "abbr",
        "any",
        "attr",
        "c:any",
        "c:data",
        "c:enum",
        "c:enumerator",
        "c:expr",
        "c:func",
        "c:macro",
        "c:member",
        "c:struct",
        "c:texpr",
        "c:type",
        "c:union",
        "c:var",
        "class",
        "command",
        "const",
        "cpython-issue",
        "cpython-pr",
        "cpp:any",
        "cpp:class",
        "cpp:func",
        "cve",
        "cwe",
        "data",
        "dfn",
        "doc",
        "download",
        "enum",
        "envvar",
        "eq",
        "exc",
        "file",
        "func",
        "gh",
        "guilabel",
        "js:func",
        "kbd",
        "keyword",
        "ktexture",
        "mailheader",
        "makevar",
        "manpage",
        "math",
        "menuselection",
        "meth",
        "mimetype",
        "mod",
        "namespace",
        "newsgroup",
        "numref",
        "obj",
        "option",
        "pep",
        "program",
        "py:attr",
        "py:class",
        "py:const",
        "py:data",
        "py:deco",
        "py:decorator",
        "py:exc",
        "py:func",
        "py:meth",
        "py:mod",
        "py:obj",
        "py:property",
        "py:type",
        "pypi",
        "ref",
        "regexp",
        "rfc",
        "rst:dir",
        "rst:role",
        "samp",
        "source",
        "std:doc",
        "std:envvar",
        "std:keyword",
        "std:label",
        "std:option",
        "std:ref",
        "std:term",
        "std:token",
        "term",
        "token",
        "type",
    }
)

_TEXTS = frozenset(
    {
        "accepted",
        "acks",
        "canonical-doc",
        "canonical-pypa-spec",
        "canonical-typing-spec",
        "centered",
        "codeauthor",
        "deprecated",
        "deprecated-removed",
        "hlist",
        "only",
        "pep-banner",
        "rejected",
        "sectionauthor",
        "seealso",
        "superseded",
        "todo",
        "versionadded",
        "versionchanged",
        "versionremoved",
        "withdrawn",
    }
)
"""Directives all of which is prose, from the first line on."""

_PROSE = frozenset(
    {
        "attribute",
        "c:enum",
        "c:enumerator",
        "c:function",
        "c:macro",
        "c:member",
        "c:struct",
        "c:type",
        "c:union",
        "c:var",
        "class",
        "classmethod",
        "cmdoption",
        "cpp:class",
        "cpp:function",
        "data",
        "decorator",
        "describe",
        "envvar",
        "exception",
        "function",
        "index",
        "method",
        "module",
        "moduleauthor",
        "note",
        "object",
        "option",
        "program",
        "property",
        "py:attribute",
        "py:class",
        "py:classmethod",
        "py:data",
        "py:decorator",
        "py:decoratormethod",
        "py:exception",
        "py:function",
        "py:method",
        "py:module",
        "py:property",
        "py:staticmethod",
        "rubric",
        "staticmethod",
        "tabularcolumns",
    }
)
"""Directives of prose that describe what their first line names."""

_VERBATIM = frozenset(
    {
        "code-block",
        "currentmodule",
        "default-domain",
        "doctest",
        "graphviz",
        "highlight",
        "include",
        "inheritance-diagram",
        "literalinclude",
        "mermaid",
        "productionlist",
        "py:currentmodule",
        "raw",
        "sourcecode",
        "testcleanup",
        "testcode",
        "testoutput",
        "testsetup",
        "toctree",
    }
)
"""Directives whose content is none of our business."""

_ELSEWHERE = ("external:", "external+")
"""What roles of Sphinx begin with that point into the documentation of another project."""

_DOMAINS = frozenset({"c", "cpp", "js", "math", "py", "rst"})

_OF_EVERY_DOMAIN = frozenset(
    {"doc", "envvar", "keyword", "numref", "option", "program", "ref", "term", "token"}
)

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
    return role.startswith(_ELSEWHERE) or (domain in _DOMAINS and name in _OF_EVERY_DOMAIN)


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
    roles._roles = _Roles(dict.fromkeys(_ROLES, _role))  # type: ignore[attr-defined]
    for names, directive in ((_TEXTS, _Text), (_PROSE, _Prose), (_VERBATIM, _Verbatim)):
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
