"""What an operator edits, as a whole."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.writing.configuration import Configuration
from config.settings import CONFIG_DIR, Section, Settings
from tests.test_readme import setting_names


def configuration(folder: Path = CONFIG_DIR, **settings: Any) -> Configuration:
    return Configuration.read(Settings(_env_file=None, **settings), folder)


def test_the_same_read_twice_is_the_same() -> None:
    changes = configuration().changes(configuration())
    assert not changes
    assert (changes.settings, changes.files, changes.restart) == ((), (), ())


def test_a_token_and_an_address_are_named_and_not_shown() -> None:
    before = configuration(discord_token="one", database_url="postgresql://a:secret@b/c")
    after = configuration(discord_token="other", database_url="postgresql://a:hidden@b/c")
    changes = before.changes(after)
    assert changes.restart == ("DISCORD_TOKEN", "TALELOOM_DATABASE_URL")
    assert before.taking_over(after).changes(after).restart == changes.restart


def test_what_is_taken_over_is_not_different_any_more(tmp_path: Path) -> None:
    shutil.copytree(CONFIG_DIR / "words", tmp_path / "words")
    for name in ("voices.toml", "scenarios.toml"):
        shutil.copy(CONFIG_DIR / name, tmp_path)
    (tmp_path / "presets.toml").write_text("[balanced]\nmeaning = 'All of it'\n", encoding="utf-8")
    before = configuration(allowed_models=())
    after = configuration(tmp_path, limits={"queue": 3}, allowed_models=("gpt2", "distilgpt2"), log={"prompts": True})
    changes = before.changes(after)
    assert changes.settings == (
        ("TALELOOM_ALLOWED_MODELS", "–", "gpt2, distilgpt2"),
        ("TALELOOM_LIMITS__QUEUE", "64", "3"),
        ("TALELOOM_LOG__PROMPTS", "False", "True"),
    )
    assert changes.files == ("presets",)
    assert not before.taking_over(after).changes(after)


def test_every_setting_has_its_name_in_the_environment() -> None:
    before = configuration()
    other = {
        name: value.model_copy(update=dict.fromkeys(dict(value), object())) if isinstance(value, Section) else object()
        for name, value in before.settings
    }
    changes = before.changes(replace(before, settings=before.settings.model_copy(update=other)))
    names = [*changes.restart, *(name for name, _, _ in changes.settings)]
    assert sorted(names) == sorted(setting_names())
