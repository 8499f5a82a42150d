"""The operator's configuration: read from everywhere, checked all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.errors import ConfigurationError
from config.settings import LimitSettings, Settings, load_settings

TOKEN = "MTA0.secret.token"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the machine's own configuration is read."""
    import os

    for name in list(os.environ):
        if name.upper().startswith(("TALELOOM_", "DISCORD_TOKEN")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problem() -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    return str(caught.value)


def test_without_any_configuration_there_are_defaults() -> None:
    settings = load_settings()
    assert settings.limits.queue == 64
    assert settings.discord_token is None
    assert settings.resolved_database_url == f"sqlite+aiosqlite:///{Path('data').resolve() / 'taleloom.db'}"


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALELOOM_LIMITS__QUEUE", "-1")
    monkeypatch.setenv("TALELOOM_ENGINE__THREADS", "many")
    monkeypatch.setenv("TALELOOM_STREAM__EDIT_SECONDS", "0.2")
    monkeypatch.setenv("TALELOOM_SHARDS", "0")
    text = problem()
    assert "TALELOOM_LIMITS__QUEUE: Input should be greater than or equal to 0" in text
    assert "TALELOOM_ENGINE__THREADS: Input should be a valid integer" in text
    assert "TALELOOM_STREAM__EDIT_SECONDS: Input should be greater than or equal to 1" in text
    assert "TALELOOM_SHARDS: Input should be greater than or equal to 1" in text


@pytest.mark.parametrize(
    "written", ['["gpt2", "en.wikipedia.org"]', "gpt2,en.wikipedia.org", " gpt2, en.wikipedia.org ,"]
)
def test_a_list_is_taken_as_json_or_with_commas_between(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("TALELOOM_ALLOWED_MODELS", written)
    Path(".env").write_text(f"TALELOOM_SAFETY__LINKS={written}\n", encoding="utf-8")
    settings = load_settings()
    assert settings.allowed_models == settings.safety.links == ("gpt2", "en.wikipedia.org")


def test_a_list_that_is_broken_is_named_beside_all_else_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALELOOM_ALLOWED_MODELS", '["gpt2"')
    monkeypatch.setenv("TALELOOM_SAFETY__LINKS", "[en.wikipedia.org]")
    monkeypatch.setenv("TALELOOM_LOG", "loud")
    monkeypatch.setenv("TALELOOM_SHARDS", "0")
    text = problem()
    for name in ("TALELOOM_ALLOWED_MODELS", "TALELOOM_SAFETY__LINKS"):
        assert f'{name}: Value error, must be a JSON list such as ["one", "two"], or one,two' in text
    assert "TALELOOM_LOG: " in text
    assert "TALELOOM_SHARDS: " in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TALELOOM_LIMITS__QUEU", "3"),
        ("TALELOOM_ENGINE__THREAD", "3"),
        ("TALELOOM_LOG__COLOUR", "yes"),
    ],
)
def test_a_name_that_a_section_does_not_have_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert f"{name}: Extra inputs are not permitted" in problem()


@pytest.mark.parametrize("name", ["TALELOOM_MODLE", "TALELOOM_ENGIN__THREADS", "taleloom_limts"])
def test_a_setting_or_a_section_that_there_is_not_is_named(
    monkeypatch: pytest.MonkeyPatch, in_an_empty_folder: Path, name: str
) -> None:
    monkeypatch.setenv(name, "3")
    assert f"there is no setting {name}" in problem()
    monkeypatch.delenv(name)
    (in_an_empty_folder / ".env").write_text(f"{name}=3\nOTHERS_OWN=4\n", encoding="utf-8")
    assert f"there is no setting {name}" in problem()


@pytest.mark.parametrize("written", ["[limts]\nqueue = 3", "queue = 3"])
def test_a_section_of_the_file_that_there_is_not_is_named(in_an_empty_folder: Path, written: str) -> None:
    (in_an_empty_folder / "taleloom.toml").write_text(written, encoding="utf-8")
    assert "(taleloom.toml): README.md lists all of them" in problem()


def test_what_the_set_up_reads_is_nothing_to_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALELOOM_TORCH", "cpu")
    load_settings()


def test_a_wrong_name_in_the_file_is_refused_too(in_an_empty_folder: Path) -> None:
    Path("taleloom.toml").write_text("[limits]\nuser_bursts = 3\n", encoding="utf-8")
    assert "TALELOOM_LIMITS__USER_BURSTS" in problem()


def test_the_environment_wins_over_env_file_and_that_over_toml(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("taleloom.toml").write_text(
        'model = "from-toml"\nshutdown_seconds = 1\nallowed_models = ["a", "b"]\n'
        "[limits]\nqueue = 1\nuser_burst = 2\nserver_burst = 3\n",
        encoding="utf-8",
    )
    Path(".env").write_text(
        "TALELOOM_LIMITS__QUEUE=10\nTALELOOM_LIMITS__USER_BURST=20\nTALELOOM_MODEL=from-env-file\n", encoding="utf-8"
    )
    monkeypatch.setenv("TALELOOM_LIMITS__QUEUE", "100")
    settings = load_settings()
    assert (settings.limits.queue, settings.limits.user_burst, settings.limits.server_burst) == (100, 20, 3)
    assert (settings.model, settings.shutdown_seconds) == ("from-env-file", 1)
    assert settings.allowed_models == ("a", "b")
    assert Settings(limits=LimitSettings(queue=7)).limits.queue == 7


def test_files_from_an_editor_of_windows_are_read() -> None:
    Path("taleloom.toml").write_text('model = "from-toml"\n[limits]\nqueue = 3\n', encoding="utf-8-sig")
    Path(".env").write_text(f"DISCORD_TOKEN={TOKEN}\n", encoding="utf-8-sig")
    settings = load_settings()
    assert (settings.model, settings.limits.queue) == ("from-toml", 3)
    assert settings.discord_token == SecretStr(TOKEN)


def test_a_file_that_is_no_toml_is_named() -> None:
    Path("taleloom.toml").write_text("limits = {", encoding="utf-8")
    assert "taleloom.toml" in problem()


@pytest.mark.parametrize("name", ["DISCORD_TOKEN", "TALELOOM_DISCORD_TOKEN"])
@pytest.mark.parametrize("way", ["environment", "file"])
def test_the_token_is_found_and_never_shown(monkeypatch: pytest.MonkeyPatch, name: str, way: str) -> None:
    if way == "environment":
        monkeypatch.setenv(name, TOKEN)
    else:
        Path(".env").write_text(f"{name}={TOKEN}\n", encoding="utf-8")
    settings = load_settings()
    assert settings.discord_token
    assert settings.discord_token.get_secret_value() == TOKEN
    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert TOKEN not in shown


def test_a_wrong_value_beside_the_token_does_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("TALELOOM_SHARDS", "none")
    assert TOKEN not in problem()


@pytest.mark.parametrize("name", ["discord_token", "DISCORD_TOKEN", "TALELOOM_DISCORD_TOKEN"])
def test_the_token_does_not_come_from_the_file_that_people_share(name: str) -> None:
    Path("taleloom.toml").write_text(f'{name} = "{TOKEN}"\n', encoding="utf-8")
    text = problem()
    assert "the token belongs in the environment" in text
    assert TOKEN not in text


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.model = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        settings.limits.queue = 3  # type: ignore[misc]


def test_a_database_that_was_named_is_taken() -> None:
    assert Settings(database_url="sqlite+aiosqlite://").resolved_database_url == "sqlite+aiosqlite://"
    assert Settings(discord_token=SecretStr("x")).discord_token == SecretStr("x")
