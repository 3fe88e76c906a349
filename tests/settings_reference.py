"""Makes the table of settings in docs/operator.md, and the template of an environment file.

Run as `python -m tests.settings_reference` to write both.
"""

import re
from enum import Enum
from pathlib import Path

from pydantic.fields import FieldInfo

from bot.settings import Settings

CHECKOUT = Path(__file__).parents[1]
GUIDE = CHECKOUT / "docs" / "operator.md"
TEMPLATE = CHECKOUT / "deploy" / "pep-bot.env.example"
BEGIN, END = "<!-- settings: written by `python -m tests.settings_reference` -->", "<!-- end -->"
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")


def table() -> str:
    """The table of all settings, in Markdown."""
    rows = [
        f"| `{name.upper()}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def template() -> str:
    """An environment file with all settings, those with a default commented out."""
    lines = ["# Settings of the PEP editor bot; docs/operator.md explains them.", ""]
    for name, field in Settings.model_fields.items():
        text = _LINK.sub(r"\1", field.description or "").replace("`", "")
        default = _default(field).replace("`", "")
        needed = name in ("gh_app_id", "gh_private_key_file", "gh_secret", "public_url")
        lines += [
            f"# {text[:1].upper()}{text[1:]}.",
            f"{'' if needed else '#'}{name.upper()}={default}",
        ]
    return "\n".join([*lines, ""])


def _default(field: FieldInfo) -> str:
    value = field.default.value if isinstance(field.default, Enum) else field.default
    if value in (None, "", ()):
        return ""
    text = "0" if value is False else str(value).rstrip("/")
    return f"`{text}`"


def with_table(page: str) -> str:
    """The page with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    GUIDE.write_text(with_table(GUIDE.read_text("utf-8")), "utf-8")
    TEMPLATE.write_text(template(), "utf-8")
