"""docs/operator.md and the code have the same metrics, alerts and log events."""

import ast
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.github.write.outbox import WRITE_NAMES
from bot.inbox.delivery import DeliveryState, Overview
from bot.logs import FIELDS
from bot.metrics import Metrics
from bot.rules.engine.registry import all_rules

CHECKOUT = Path(__file__).parents[1]
GUIDE = (CHECKOUT / "docs" / "operator.md").read_text(encoding="utf-8")
DEPLOY = CHECKOUT / "deploy"
WATCH = GUIDE[GUIDE.index("## Watch") : GUIDE.index("## When GitHub is down")]

_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
_SERIES = re.compile(r"\b(pepbot_\w+)(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)(=~|=)"([^"]*)"')


def page() -> Metrics:
    metrics = Metrics()
    metrics.expect(rules=[one.id for one in all_rules()], writes=WRITE_NAMES)
    metrics.request("GET", 503, 1.0)
    metrics.queue(Overview(dict.fromkeys(DeliveryState, 0), None, None))
    return metrics


def families() -> dict[str, list[tuple[str, dict[str, str]]]]:
    """The samples of each of our metric families, with the names that queries use."""
    return {
        f"{family.name}_total" if family.type == "counter" else family.name: [
            (sample.name, sample.labels) for sample in family.samples
        ]
        for family in text_string_to_metric_families(page().render().decode())
        if family.name.startswith("pepbot_")
    }


def alerts() -> list[dict[str, object]]:
    (group,) = yaml.safe_load((DEPLOY / "prometheus-alerts.yaml").read_text("utf-8"))["groups"]
    rules: list[dict[str, object]] = group["rules"]
    return rules


@lru_cache(maxsize=1)
def logged() -> tuple[tuple[str, str, str], ...]:
    """Every event the bot logs, its level, and where; an event that is no literal fails."""
    return tuple(_logged())


def _logged() -> Iterator[tuple[str, str, str]]:
    for path in sorted((CHECKOUT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            logger = ast.unparse(node.func.value)
            if node.func.attr in _LEVELS and logger in {"_log", "log", "get_logger()"}:
                level = "error" if node.func.attr == "exception" else node.func.attr
                event = node.args[0]
                either = [event.body, event.orelse] if isinstance(event, ast.IfExp) else [event]
                for one in either:
                    where = f"{path.relative_to(CHECKOUT)}:{node.lineno}"
                    assert isinstance(one, ast.Constant), f"{where}: a test cannot read its name"
                    yield str(one.value), level, where


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first column has this heading."""
    table = WATCH[WATCH.index(f"\n| {heading} |") + 1 :].partition("\n\n")[0]
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]
    ]


def test_the_guide_names_every_metric_and_no_other() -> None:
    named = {cells[0].strip("| `") for cells in rows("name")}
    assert named == set(families())


def require_series(asker: str, query: str) -> int:
    """Check that every series in a query is one of the bot's; returns how many there are."""
    known = families()
    samples = [sample for family in known.values() for sample in family]
    series = _SERIES.findall(query)
    for name, labels in series:
        assert name.removesuffix("_bucket") in known, f"{asker} asks for {name}"
        for label, relation, value in _LABEL.findall(labels):
            wanted = re.compile(value if relation == "=~" else re.escape(value))
            assert any(
                found == name and wanted.fullmatch(has.get(label, "")) for found, has in samples
            ), f"{asker}: no {name} has {label}{relation}{value}"
    return len(series)


def test_every_series_an_alert_asks_for_is_there() -> None:
    for alert in alerts():
        name = str(alert["alert"])
        assert require_series(name, str(alert["expr"])) or name == "PepBotDown"


def test_every_panel_of_the_dashboard_shows_series_that_are_there() -> None:
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text("utf-8"))
    asked = [
        require_series(panel["title"], target["expr"])
        for panel in dashboard["panels"]
        for target in panel["targets"]
    ]
    assert sum(count > 0 for count in asked) == len(asked) - 2, "memory and processor time"


def test_every_alert_says_what_is_the_matter() -> None:
    for alert in alerts():
        assert set(alert) <= {"alert", "expr", "for", "annotations"}
        annotations = alert["annotations"]
        assert isinstance(annotations, dict)
        assert annotations["summary"].endswith(".")
    names = [alert["alert"] for alert in alerts()]
    assert len(names) == len(set(names))


def test_the_guide_says_what_to_do_on_every_warning_and_error() -> None:
    told = {(cells[0].strip("| `"), cells[1]) for cells in rows("event | level")}
    grave = {(event, level) for event, level, _ in logged() if level not in {"debug", "info"}}
    assert told == grave


def test_the_guide_names_every_other_event_and_no_more() -> None:
    table = WATCH[WATCH.index("\n| event | when |") + 1 :].partition("\n\n")[0]
    first_cells = [line.split(" | ")[0] for line in table.splitlines()[2:]]
    named = {name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)}
    assert named == {event for event, level, _ in logged() if level == "info"}


def test_nothing_is_logged_that_nobody_is_ever_shown() -> None:
    assert [where for _, level, where in logged() if level == "debug"] == []


def test_the_guide_explains_the_fields_of_every_line() -> None:
    for field in FIELDS:
        assert re.search(rf"^- `{field}`: ", WATCH, re.MULTILINE), field


def test_commands_are_written_as_in_the_readme() -> None:
    assert "    .uv/bin/uv run python -m bot serve\n" in GUIDE
    assert re.findall(r".*(?<!\.uv/bin/uv run )python -m bot.*", GUIDE) == []
