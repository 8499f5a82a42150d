"""`/admin reload`: what an operator edits holds while the bot runs, all of it or nothing."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ConfigurationError
from config.settings import CONFIG_DIR, Settings
from tests.cogs.owner import admin, owner_of
from tests.cogs.test_write import said
from tests.world import World, open_world, quick_settings, speaking


@dataclass
class Desk:
    """A world, its owner, and the configuration that the owner edits."""

    world: World
    owner: Any
    folder: Path
    settings: Settings
    error: ConfigurationError | None = None

    def load(self) -> Settings:
        if self.error:
            raise self.error
        return self.settings

    def set(self, **changes: Any) -> None:
        self.settings = self.settings.model_copy(update=changes)

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    async def reload(self) -> str:
        return await admin(self.world, "reload", self.owner)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "config"
    shutil.copytree(CONFIG_DIR, folder)
    settings = quick_settings(allowed_models=("gpt2",))
    desk = Desk.__new__(Desk)
    async with open_world(settings, load=lambda: desk.load(), config_dir=folder) as world:
        desk.__init__(world, owner_of(world), folder, settings)  # type: ignore[misc]
        yield desk


async def test_what_is_as_it_was_is_said_to_be(desk: Desk) -> None:
    assert await desk.reload() == "Everything was read again, and nothing is different."


async def test_limits_and_models_hold_from_then_on(desk: Desk) -> None:
    limits = desk.settings.limits.model_copy(update={"user_burst": 1, "user_per_minute": 0.001})
    desk.set(limits=limits, allowed_models=("distilgpt2",), model="gpt2")
    text = await desk.reload()
    assert text.split("\n") == [
        "Different from now on:",
        "- `TALELOOM_MODEL`: smollm2-135m → gpt2",
        "- `TALELOOM_ALLOWED_MODELS`: gpt2 → distilgpt2",
        "- `TALELOOM_LIMITS__USER_BURST`: 1000 → 1",
        "- `TALELOOM_LIMITS__USER_PER_MINUTE`: 1000.0 → 0.001",
    ]
    await desk.world.write("It began.")
    assert desk.world.engine.requests[-1].model == "gpt2"
    assert "You have written a lot just now." in said(await desk.world.write("It began."))
    assert "- **distilgpt2**" in await admin(desk.world, "model", desk.owner)
    assert "nothing is different" in await desk.reload()


async def test_how_many_may_write_and_wait_changes_for_those_who_come_next(desk: Desk) -> None:
    desk.world.engine.hold()
    await desk.world.begin("It began.")
    assert "still being written" in said(await desk.world.begin("It began."))
    desk.set(limits=desk.settings.limits.model_copy(update={"running_per_user": 2}))
    await desk.reload()
    await desk.world.begin("It began again.")
    assert desk.world.bot.services.writer.busy == 2
    desk.world.engine.go_on()
    await desk.world.written()


async def test_presets_voices_and_words_hold_from_then_on(desk: Desk) -> None:
    desk.edit("presets.toml", "[wild]", "[stormy]")
    desk.edit("voices.toml", "[genres.", "[genres.deep-")
    desk.edit("scenarios.toml", "[en.last-lighthouse]", "[en.first-lighthouse]")
    desk.edit("words/lexicon.toml", "slur = [", 'slur = ["frobnicate", ')
    assert await desk.reload() == "Different from now on:\n- presets\n- genres and tones\n- scenarios\n- word lists"
    offered = await desk.world.writer.autocomplete(desk.world.channel, "write", "preset", "storm")
    assert [choice["value"] for choice in offered] == ["stormy"]
    offered = await desk.world.writer.autocomplete(desk.world.channel, "write", "genre", "deep-")
    assert offered
    offered = await desk.world.writer.autocomplete(desk.world.channel, "story start", "scenario", "lighthouse")
    assert [choice["value"] for choice in offered] == ["first-lighthouse"]
    assert "was not used" in said(await desk.world.write("They frobnicate."))


async def test_a_text_that_is_being_written_ends_by_what_it_began_with(desk: Desk) -> None:
    desk.world.engine.hold()
    await desk.world.begin("It began.")
    desk.set(writing=desk.settings.writing.model_copy(update={"shortest_letters": 2000, "tries": 20}))
    assert "TALELOOM_WRITING__TRIES" in await desk.reload()
    desk.world.engine.go_on()
    await desk.world.written()
    assert len(desk.world.engine.requests) == 1


async def test_what_a_running_bot_cannot_take_over_is_named_without_its_value(desk: Desk) -> None:
    desk.set(
        database_url="postgresql://writer:secret@elsewhere/tales",
        shards=4,
        engine=desk.settings.engine.model_copy(update={"max_streams": 2}),
        log=desk.settings.log.model_copy(update={"level": "debug", "prompts": True}),
    )
    text = await desk.reload()
    assert text.split("\n") == [
        "Different from now on:",
        "- `TALELOOM_LOG__PROMPTS`: False → True",
        "Different once the bot is started again:",
        "- `TALELOOM_DATABASE_URL`",
        "- `TALELOOM_SHARDS`",
        "- `TALELOOM_ENGINE__MAX_STREAMS`",
        "- `TALELOOM_LOG__LEVEL`",
    ]
    assert "secret" not in text
    again = await desk.reload()
    assert "Different from now on:" not in again
    assert "- `TALELOOM_SHARDS`" in again


@pytest.mark.parametrize("name", ["presets.toml", "voices.toml", "scenarios.toml", "words/lexicon.toml"])
async def test_a_file_that_cannot_be_used_is_named_and_changes_nothing(desk: Desk, name: str) -> None:
    desk.set(limits=desk.settings.limits.model_copy(update={"user_burst": 1, "user_per_minute": 0.001}))
    (desk.folder / name).write_text("[no", encoding="utf-8")
    text = await desk.reload()
    assert text.startswith(f"The configuration cannot be used: {Path(name).name}: ")
    for _ in range(2):
        assert "began" in said(await desk.world.write("It began."))
    assert desk.world.bot.settings.limits.user_burst == 1000


async def test_settings_that_cannot_be_used_change_nothing(desk: Desk) -> None:
    desk.edit("presets.toml", "[wild]", "[stormy]")
    desk.error = ConfigurationError(problem="TALELOOM_SHARDS: Input should be greater than or equal to 1")
    assert "cannot be used: TALELOOM_SHARDS" in await desk.reload()
    assert "stormy" not in await desk.world.bot.services.resolver.presets_for(None)


async def test_a_model_that_does_not_open_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    limits = desk.settings.limits.model_copy(update={"user_burst": 1})
    desk.set(model="no such model", limits=limits)
    assert "There is no model called no such model." in await desk.reload()
    desk.world.engine.unopenable = "gpt2"
    desk.set(model="gpt2", limits=limits)
    assert "There is no model called gpt2." in await desk.reload()
    assert desk.world.bot.settings.limits.user_burst == 1000
    await desk.world.write("It began.")
    assert desk.world.engine.requests[-1].model == "smollm2-135m"


async def test_a_default_that_was_chosen_meanwhile_gives_way_to_the_configuration(desk: Desk) -> None:
    await admin(desk.world, "model", desk.owner, name="gpt2")
    assert "- `TALELOOM_MODEL`: gpt2 → smollm2-135m" in await desk.reload()
    await desk.world.write("It began.")
    assert desk.world.engine.requests[-1].model == "smollm2-135m"


async def test_it_is_told_in_chinese(desk: Desk) -> None:
    desk.set(limits=desk.settings.limits.model_copy(update={"queue": 7}), shards=9)
    async with speaking(desk.world, desk.owner, "zh-CN"):
        text = await desk.reload()
        assert "- `TALELOOM_LIMITS__QUEUE`: 64 → 7" in text
        assert "Different" not in text
        assert "nothing" not in await desk.reload()
