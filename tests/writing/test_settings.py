"""The nearest setting wins, and each value knows where it comes from."""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from bot.engine.errors import InvalidSamplingError
from bot.engine.models.profiles import ModelProfile
from bot.engine.sampling import RANGES, SamplingParams
from bot.errors import ConfigurationError
from bot.ids import ChannelId, GuildId, UserId
from bot.store import Database, Json, Scope
from bot.writing.errors import InvalidSettingError
from bot.writing.keys import setting_keys
from bot.writing.presets import DEFAULT_PRESET, load_presets
from bot.writing.settings import (
    Changed,
    Resolved,
    ResolvedSettings,
    SettingsResolver,
    Source,
    merge,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

USER, CHANNEL, SERVER = UserId(7), ChannelId(5), GuildId(3)
PRESETS = load_presets()
PROFILES = {
    "smollm2-135m": ModelProfile(
        name="smollm2-135m",
        source="wheel",
        location="x",
        sampling=MappingProxyType({"temperature": 0.65, "top_p": 0.9, "repetition_penalty": 1.1, "top_k": 40.0}),
    ),
    "gpt2": ModelProfile(
        name="gpt2", source="hub", location="x", sampling=MappingProxyType({"no_repeat_ngram_size": 3, "do_sample": 1})
    ),
}
KEYS = setting_keys(PRESETS, PROFILES)


def resolve(
    call: Mapping[str, object] | None = None,
    *,
    user: Mapping[str, Json] | None = None,
    channel: Mapping[str, Json] | None = None,
    server: Mapping[str, Json] | None = None,
    model: str = "smollm2-135m",
) -> ResolvedSettings:
    return merge(
        call or {},
        {Scope.USER: user or {}, Scope.CHANNEL: channel or {}, Scope.SERVER: server or {}},
        keys=KEYS,
        presets=PRESETS,
        profile_of=PROFILES.__getitem__,
        default_model=model,
    )


def test_without_any_setting_the_model_writes_as_it_does_best() -> None:
    settings = resolve()
    assert (settings.model, settings.preset) == ("smollm2-135m", DEFAULT_PRESET)
    assert settings.values["model"].source is Source.DEFAULT
    assert settings.values["temperature"] == Resolved(0.65, Source.MODEL)
    assert settings.values["min_p"] == Resolved(0.0, Source.DEFAULT)
    assert settings.sampling(7) == SamplingParams(temperature=0.65, top_p=0.9, repetition_penalty=1.1, top_k=40, seed=7)
    assert settings.changed() == []


def test_a_profile_may_name_what_people_cannot_set_and_its_numbers_get_their_types() -> None:
    sampling = resolve(model="gpt2").sampling()
    assert sampling == SamplingParams(no_repeat_ngram_size=3)
    assert type(resolve().sampling().top_k) is int
    assert sampling.do_sample is True


def test_the_nearest_of_all_layers_wins() -> None:
    layers: list[tuple[str, Source]] = [
        ("call", Source.CALL),
        ("user", Source.USER),
        ("channel", Source.CHANNEL),
        ("server", Source.SERVER),
    ]
    for count in range(1, len(layers) + 1):
        for chosen in itertools.combinations(layers, count):
            given = {name: {"temperature": 1.0 + number / 10} for number, (name, _) in enumerate(chosen)}
            found = resolve(
                given.get("call"), user=given.get("user"), channel=given.get("channel"), server=given.get("server")
            ).values["temperature"]
            assert found == Resolved(1.0, chosen[0][1])


def test_a_stored_preset_stands_beneath_every_stored_value() -> None:
    settings = resolve(server={"preset": "wild"})
    assert settings.preset == "wild"
    assert settings.values["temperature"] == Resolved(1.15, Source.PRESET)
    # What the preset leaves out comes from the model.
    assert settings.values["repetition_penalty"] == Resolved(1.1, Source.MODEL)
    settings = resolve(user={"preset": "wild"}, server={"temperature": 0.3})
    assert settings.values["temperature"] == Resolved(0.3, Source.SERVER)
    assert settings.changed() == [Changed("temperature", 0.3, Source.SERVER)]


def test_a_preset_in_the_call_stands_above_stored_values_and_beneath_the_calls_own() -> None:
    settings = resolve({"preset": "wild", "top_k": 9}, user={"temperature": 0.3, "top_k": 1, "max_new_tokens": 99})
    assert settings.values["temperature"] == Resolved(1.15, Source.CALL)
    assert settings.values["top_k"] == Resolved(9, Source.CALL)
    assert settings.changed() == [
        Changed("max_new_tokens", 99, Source.USER),
        Changed("top_k", 9, Source.CALL),
    ]


def test_the_preset_without_values_in_the_call_means_the_model_at_its_best() -> None:
    settings = resolve({"preset": "balanced"}, server={"temperature": 1.9, "min_p": 0.5, "max_new_tokens": 99})
    assert settings.values["temperature"] == Resolved(0.65, Source.CALL)
    assert settings.values["min_p"] == Resolved(0.0, Source.CALL)
    assert settings.changed() == [Changed("max_new_tokens", 99, Source.SERVER)]


def test_greedy_takes_the_likeliest_word_and_repeats_less() -> None:
    sampling = resolve({"preset": "greedy"}).sampling()
    assert sampling.do_sample is False
    assert sampling.repetition_penalty == 1.15


def test_a_value_set_to_what_it_would_be_anyway_is_no_change() -> None:
    assert resolve(user={"temperature": 0.65}).changed() == []


def test_the_chosen_models_recommendation_counts() -> None:
    settings = resolve(channel={"model": "gpt2"})
    assert settings.values["model"] == Resolved("gpt2", Source.CHANNEL)
    assert settings.values["temperature"] == Resolved(SamplingParams().temperature, Source.DEFAULT)


def test_an_option_that_was_left_out_of_the_call_says_nothing() -> None:
    assert resolve({"temperature": None, "preset": None}, user={"temperature": 0.9}).values["temperature"] == Resolved(
        0.9, Source.USER
    )


def test_a_stored_value_that_is_no_longer_allowed_is_passed_over() -> None:
    settings = resolve(
        user={"model": "withdrawn", "preset": "renamed", "temperature": 99, "of_a_newer_version": 1},
        server={"temperature": 0.4},
    )
    assert (settings.model, settings.preset) == ("smollm2-135m", DEFAULT_PRESET)
    assert settings.values["temperature"] == Resolved(0.4, Source.SERVER)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ({"temperature": 3}, "temperature can be 0.05–2; 3 is not among these."),
        ({"max_new_tokens": 5000}, "length can be 16, 17, … 800; 5000 is not among these."),
        ({"max_new_tokens": 20.5}, "length can be 16, 17, … 800; 20.5 is not among these."),
        ({"preset": "tame"}, "preset can be precise, balanced, vivid, wild, greedy; tame is not among these."),
        ({"model": "gpt9"}, "model can be smollm2-135m, gpt2; gpt9 is not among these."),
        ({"do_sample": 1}, "greedy can be on, off; 1 is not among these."),
        ({"top_p": True}, "top_p can be 0.05–1; True is not among these."),
        ({"top_p": float("nan")}, "top_p can be 0.05–1; nan is not among these."),
    ],
)
def test_a_call_that_says_what_is_not_allowed_is_told_what_is(call: Mapping[str, object], told: str) -> None:
    with pytest.raises(InvalidSettingError) as caught:
        resolve(call)
    assert str(caught.value) == told


def test_a_seed_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidSamplingError):
        resolve().sampling(-1)


@pytest.mark.parametrize(
    ("name", "text", "value", "shown"),
    [
        ("temperature", "0.9", 0.9, "0.9"),
        ("temperature", " 0,9 ", 0.9, "0.9"),
        ("temperature", "０．９", 0.9, "0.9"),
        ("temperature", "1", 1.0, "1"),
        ("max_new_tokens", "200", 200, "200"),
        ("max_new_tokens", "200.0", 200, "200"),
        ("top_k", "0", 0, "0"),
        ("do_sample", "on", False, "on"),
        ("do_sample", "No", True, "off"),
        ("do_sample", "关", True, "off"),
        ("preset", "WILD", "wild", "wild"),
        ("model", "GPT2", "gpt2", "gpt2"),
    ],
)
def test_what_people_type_is_read_and_shown_again(name: str, text: str, value: Json, shown: str) -> None:
    parsed = KEYS[name].parse(text)
    assert parsed == value
    assert type(parsed) is type(value)
    assert KEYS[name].show(parsed) == shown


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("temperature", "hot"),
        ("temperature", ""),
        ("temperature", "nan"),
        ("temperature", "1e9"),
        ("max_new_tokens", "inf"),
        ("max_new_tokens", "15"),
        ("do_sample", "maybe"),
        ("preset", "x" * 5_000),
    ],
)
def test_what_cannot_be_read_is_told_what_could_be(name: str, text: str) -> None:
    with pytest.raises(InvalidSettingError) as caught:
        KEYS[name].parse(text)
    assert KEYS[name].allowed in str(caught.value)
    assert len(str(caught.value)) < 200


async def test_ranges_for_others_than_people_can_be_wider(database: Database) -> None:
    resolver = SettingsResolver(
        database,
        PRESETS,
        PROFILES.__getitem__,
        default_model="gpt2",
        length=RANGES["max_new_tokens"],
    )
    settings = await resolver.resolve(user_id=None, channel_id=None, guild_id=None, call={"max_new_tokens": 1})
    assert settings.sampling().max_new_tokens == 1
    assert resolver.keys["model"].choices == ("gpt2",)


async def test_presets_and_models_can_change_while_it_is_used(database: Database) -> None:
    resolver = SettingsResolver(
        database, PRESETS, PROFILES.__getitem__, default_model="gpt2", allowed_models=["smollm2-135m"]
    )
    resolver.default_model = "smollm2-135m"
    assert resolver.keys["model"].choices == ("gpt2", "smollm2-135m")
    with pytest.raises(InvalidSettingError, match="model can be gpt2, smollm2-135m"):
        resolver.default_model = "gpt-9"
    assert (await resolver.resolve(user_id=None, channel_id=None, guild_id=None)).model == "smollm2-135m"
    resolver.use({DEFAULT_PRESET: PRESETS[DEFAULT_PRESET]}, "gpt2", ())
    settings = await resolver.resolve(user_id=None, channel_id=None, guild_id=None)
    assert settings.model == resolver.default_model == "gpt2"
    offered = [*resolver.keys["model"].choices, *resolver.keys["preset"].choices]
    assert offered == ["gpt2", DEFAULT_PRESET]


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    database = await Database.open("sqlite+aiosqlite://")
    yield database
    await database.close()


async def test_what_was_stored_is_resolved_for_its_person_and_place(database: Database) -> None:
    await database.settings.set(Scope.USER, USER, "temperature", KEYS["temperature"].parse("0.9"), USER)
    await database.settings.set(Scope.CHANNEL, CHANNEL, "model", "gpt2", USER)
    await database.settings.set(Scope.SERVER, SERVER, "do_sample", KEYS["do_sample"].parse("on"), USER)
    resolver = SettingsResolver(
        database,
        PRESETS,
        PROFILES.__getitem__,
        default_model="smollm2-135m",
        allowed_models=["gpt2", "smollm2-135m"],
    )
    settings = await resolver.resolve(user_id=USER, channel_id=CHANNEL, guild_id=SERVER, call={"top_p": 0.5})
    assert settings.model == "gpt2"
    assert settings.changed() == [
        Changed("temperature", 0.9, Source.USER),
        Changed("top_p", 0.5, Source.CALL),
        Changed("do_sample", False, Source.SERVER),
    ]
    elsewhere = await resolver.resolve(user_id=UserId(8), channel_id=ChannelId(6), guild_id=None)
    assert elsewhere.changed() == []


def test_presets_are_those_that_are_promised_each_with_one_line() -> None:
    assert list(PRESETS) == ["precise", "balanced", "vivid", "wild", "greedy"]
    assert PRESETS[DEFAULT_PRESET].values == {}
    assert all(preset.meaning and "\n" not in preset.meaning for preset in PRESETS.values())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[balanced", "presets.toml"),
        ("[wild]\nmeaning = 'x'", "balanced, the default, is missing"),
        ("[balanced]\nmeaning = 'x'\nvalues = { heat = 1 }", "no sampling parameter called heat"),
        ("[balanced]\nmeaning = 'x'\nvalues = { temperature = 9 }", "between 0.05 and 2"),
        ("[balanced]\nmeaning = ''", "balanced.meaning"),
        ("[balanced]\nmeaning = 'x'\ncolour = 1", "balanced.colour"),
    ],
)
def test_presets_that_cannot_be_used_are_named(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "presets.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_presets(file)
    assert told in str(caught.value)


def test_missing_presets_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"presets\.toml"):
        load_presets(tmp_path / "presets.toml")
