from datetime import date

import pytest
from pydantic import ValidationError

from bot.policy.bodies import Appointment
from bot.policy.labels import LabelNames
from bot.policy.model import Links, Policy


def appointment(**other: object) -> Appointment:
    values = {"name": "Ada L", "login": "ada", "since": date(2024, 1, 1), "source": "https://x.y"}
    return Appointment.model_validate(values | other)


@pytest.mark.parametrize(
    ("day", "in_office"),
    [
        (date(2023, 12, 31), False),
        (date(2024, 1, 1), True),
        (date(2024, 5, 31), True),
        (date(2024, 6, 1), False),
    ],
)
def test_an_office_is_held_from_its_first_day_until_the_first_day_out(
    day: date, in_office: bool
) -> None:
    assert appointment(until=date(2024, 6, 1)).is_in_office_on(day) is in_office


def test_an_office_without_end_goes_on() -> None:
    assert appointment().is_in_office_on(date(2100, 1, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": date(2024, 1, 1)},
        {"login": "@ada"},
        {"login": "a b"},
        {"name": ""},
        {"name": "Ada <ada@example.org>"},
        {"source": ""},
        {"email": "ada@example.org"},
    ],
)
def test_an_appointment_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        appointment(**wrong)


@pytest.mark.parametrize(
    "template",
    [
        "",
        "https://peps.python.org/pep-{number}/",
        "https://pep-previews--{pr}.org.readthedocs.build/pep-{number}/",
        "https://localhost:8443/{number}?a=b&c={pr}#x",
    ],
)
def test_https_templates_with_their_two_fields_pass(template: str) -> None:
    assert Links(preview=template).preview == template


@pytest.mark.parametrize(
    "template",
    [
        "http://peps.python.org/{number}",
        "javascript:alert(1)",
        "//peps.python.org",
        "HTTPS://x.y/ z",
        "https://",
        "https:///pep",
        "https://user@x.y/",
        "https://x.y:port/",
        "https://x.y/{title}",
        "https://x.y/{}",
        "https://x.y/{0}",
        "https://x.y/{number.__class__}",
        "https://x.y/{number!r}",
        "https://x.y/{number:>99999999}",
        "https://x.y/{number",
        "https://x.y/number}",
        "https://x.y/)[a](b",
        'https://x.y/"><script>',
        "https://x.y/\n",
        "https://x.y/" + "a" * 600,
    ],
)
def test_other_templates_are_refused(template: str) -> None:
    with pytest.raises(ValidationError):
        Links(published=template)


def test_labels_are_compared_without_case() -> None:
    with pytest.raises(ValidationError, match="same name"):
        LabelNames(new_pep="Needs Sponsor")


def test_labels_may_be_switched_off() -> None:
    assert LabelNames(new_pep="", paused="").new_pep == ""


@pytest.mark.parametrize("name", ["a" * 51, "a\nb"])
def test_names_github_takes_for_no_label_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        LabelNames(new_pep=name)


@pytest.mark.parametrize(
    "wrong",
    [
        {"core_team_repository": "devguide"},
        {"core_team_repository": "python/.."},
        {"core_team_repository": "python/devguide/x"},
        {"core_team_path": "/etc/passwd"},
        {"core_team_path": "../x.csv"},
        {"core_team_path": "a/../x.csv"},
        {"editors": {"teams": ["pep-editors"]}},
        {"editors": {"logins": ["@hugovk"]}},
        {"numbers": {"special": [10_000]}},
        {"numbers": {"far_ahead": 0}},
        {"nmbers": {}},
    ],
)
def test_values_that_could_lead_elsewhere_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate(wrong)


def test_a_dotted_folder_is_a_path_like_any_other() -> None:
    assert Policy(core_team_path=".github/core.csv").core_team_path == ".github/core.csv"
