"""The environment (contract, "Environment")."""

from pathlib import Path

import pytest

from bot.settings import LogFormat, Settings, SettingsInvalid, read_settings, require_app

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"
VARIABLES = (
    "GH_APP_ID",
    "GH_PRIVATE_KEY",
    "GH_PRIVATE_KEY_FILE",
    "GH_SECRET",
    "GH_API_URL",
    "DISCOURSE_URL",
    "DATABASE_URL",
    "HOST",
    "PORT",
    "WORKER_PORT",
    "PUBLIC_URL",
    "LOG_FORMAT",
    "DRY_RUN",
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    return monkeypatch


def settings(environment: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        environment.setenv(name, value)
    return read_settings()


def problem(environment: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(SettingsInvalid) as caught:
        settings(environment, **variables)
    return str(caught.value)


def test_the_defaults_are_the_contracts() -> None:
    default = read_settings()
    assert default.gh_api_url == "https://api.github.com"
    assert default.database_url == "sqlite:///pep-bot.sqlite3"
    assert default.port == 8080
    assert default.log_format is LogFormat.CONSOLE
    assert not default.dry_run


def test_several_secrets_are_separated_by_commas(environment: pytest.MonkeyPatch) -> None:
    both = settings(environment, GH_SECRET="old, new")
    assert [secret.get_secret_value() for secret in both.gh_secret] == ["old", "new"]


@pytest.mark.parametrize("value", [",", "a,", ",a", "a,,b", "a, ,b"])
def test_an_empty_part_among_the_secrets_is_an_error(
    environment: pytest.MonkeyPatch, value: str
) -> None:
    words = problem(environment, GH_SECRET=value)
    assert words == "GH_SECRET: has an empty part; separate secrets by single commas"


@pytest.mark.parametrize("value", ["", "  "])
def test_no_secret_is_no_secret(environment: pytest.MonkeyPatch, value: str) -> None:
    with pytest.raises(SettingsInvalid, match="GH_SECRET: not set"):
        require_app(settings(environment, GH_SECRET=value, GH_APP_ID="1", GH_PRIVATE_KEY=PEM))


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        require_app(read_settings())
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        "GH_APP_ID",
        "GH_SECRET",
        "GH_PRIVATE_KEY",
    ]


@pytest.mark.parametrize("key", [PEM, PEM.replace("\n", "\\n")])
def test_the_key_may_have_real_or_written_line_ends(
    environment: pytest.MonkeyPatch, key: str
) -> None:
    assert settings(environment, GH_PRIVATE_KEY=key).private_key() == PEM


def test_the_key_may_stand_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(PEM, encoding="ascii")
    chosen = settings(environment, GH_PRIVATE_KEY_FILE=str(tmp_path / "key.pem"))
    assert chosen.private_key() == PEM


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_key_file_that_cannot_be_read_is_named(
    environment: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "key.pem").write_bytes(content)
    chosen = settings(environment, GH_PRIVATE_KEY_FILE=str(tmp_path / "key.pem"))
    with pytest.raises(SettingsInvalid, match=r"GH_PRIVATE_KEY_FILE: .*key\.pem cannot be read"):
        chosen.private_key()


def test_two_keys_are_one_too_many(environment: pytest.MonkeyPatch) -> None:
    words = problem(environment, GH_PRIVATE_KEY=PEM, GH_PRIVATE_KEY_FILE="key.pem")
    assert words == "set GH_PRIVATE_KEY or GH_PRIVATE_KEY_FILE, not both"


def test_a_variable_set_to_nothing_counts_as_not_set(environment: pytest.MonkeyPatch) -> None:
    empty = settings(environment, **dict.fromkeys(VARIABLES, ""))
    assert empty == Settings()
    assert empty.port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("GH_API_URL", "no url"),
        ("DISCOURSE_URL", "ftp://forum.example"),
        ("PUBLIC_URL", "your.host"),
        ("PUBLIC_URL", "https://your.host/?page"),
        ("LOG_FORMAT", "xml"),
        ("DRY_RUN", "perhaps"),
    ],
)
def test_what_cannot_be_used_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    assert problem(environment, **{name: value}).startswith(f"{name}: ")


def test_a_slash_at_the_end_of_the_api_makes_no_difference(environment: pytest.MonkeyPatch) -> None:
    assert settings(environment, GH_API_URL="http://127.0.0.1:1/api/").gh_api_url == (
        "http://127.0.0.1:1/api"
    )


def test_neither_settings_nor_their_errors_show_a_secret(environment: pytest.MonkeyPatch) -> None:
    secret = "hush-hush"
    shown = repr(settings(environment, GH_SECRET=secret, GH_PRIVATE_KEY=secret))
    assert secret not in shown
    assert secret not in problem(environment, GH_SECRET=f"{secret},", PORT=secret)
