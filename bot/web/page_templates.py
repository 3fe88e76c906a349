"""The templates of the pages and how they are filled. Words stand in `templates/`."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.peps.dates import in_pep_style
from bot.web.shown import shown

STYLE = files("bot.web").joinpath("templates", "style.css").read_bytes()
"""The only style sheet."""

STYLE_VERSION = sha256(STYLE).hexdigest()[:12]
"""Changes with it, so that it may be kept for long."""

_DAY = timedelta(days=1)
_TEMPLATES = Environment(
    loader=PackageLoader("bot.web"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=True,
    # What runs keeps its words while its files are being replaced.
    auto_reload=False,
)
_TEMPLATES.globals["style_version"] = STYLE_VERSION


def day(moment: datetime) -> Markup:
    """A moment as its day (UTC), with the moment for programs."""
    utc = moment.astimezone(UTC)
    iso = utc.isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(iso, in_pep_style(utc.date()))


def in_days(duration: timedelta) -> str:
    """`less than a day`, `1 day`, `12 days`."""
    days = duration // _DAY
    return "less than a day" if days == 0 else f"{days} day{'' if days == 1 else 's'}"


_TEMPLATES.filters.update(shown=shown, pep_day=in_pep_style, day=day)


def page(template: str, **values: Any) -> bytes:
    """Fill the template of a page; everything in `values` but `Markup` is escaped."""
    return _TEMPLATES.get_template(f"{template}.html.j2").render(values).encode()
