"""Presets that people bring along: what is taken, what is named as lost, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.sampling import RANGES, SamplingParams
from bot.writing.preset_files import (
    MAX_MEANING,
    MAX_NAME,
    MAX_PRESET_BYTES,
    EmptyPresetError,
    ImportedPreset,
    NotOnePresetError,
    PresetFileError,
    PresetFileTooLargeError,
    PresetNotJsonError,
    read_preset,
)
from bot.writing.preset_knobs import DETAILS, NAMES, NEEDS, OFF, SWITCHES, TEXTS

ALL = frozenset(RANGES) | {"do_sample"}

# The form of SillyTavern's text completion presets, every knob at the value that means “off”.
SILLYTAVERN: dict[str, Any] = json.loads(r"""{
    "temp": 1, "temperature_last": true, "top_p": 1, "top_k": 0, "top_a": 0, "tfs": 1, "epsilon_cutoff": 0,
    "eta_cutoff": 0, "typical_p": 1, "min_p": 0, "rep_pen": 1, "rep_pen_range": 0, "rep_pen_decay": 0,
    "rep_pen_slope": 1, "no_repeat_ngram_size": 0, "penalty_alpha": 0, "num_beams": 1, "length_penalty": 1,
    "min_length": 0, "encoder_rep_pen": 1, "freq_pen": 0, "presence_pen": 0, "skew": 0, "do_sample": true,
    "early_stopping": false, "dynatemp": false, "min_temp": 0, "max_temp": 2, "dynatemp_exponent": 1,
    "smoothing_factor": 0, "smoothing_curve": 1, "dry_allowed_length": 2, "dry_multiplier": 0, "dry_base": 1.75,
    "dry_sequence_breakers": "[\"\\n\", \":\"]", "dry_penalty_last_n": 0, "add_bos_token": true,
    "ban_eos_token": false, "skip_special_tokens": true, "mirostat_mode": 0, "mirostat_tau": 5, "mirostat_eta": 0.1,
    "guidance_scale": 1, "negative_prompt": "", "grammar_string": "", "json_schema": null, "banned_tokens": "",
    "sampler_priority": ["temperature", "top_k"], "samplers": ["top_k"], "ignore_eos_token": false,
    "spaces_between_special_tokens": true, "speculative_ngram": false, "sampler_order": [6, 0, 1, 3, 4, 2, 5],
    "logit_bias": [], "xtc_threshold": 0.1, "xtc_probability": 0, "nsigma": 0, "min_keep": 0, "rep_pen_size": 0,
    "adaptive_target": -0.01, "adaptive_decay": 0.9, "extensions": {}, "genamt": 350, "max_length": 8192
}""")
# The form of KoboldAI's presets and settings, likewise.
KOBOLD: dict[str, Any] = json.loads("""{
    "preset": "Slow River", "description": "Calm and long.", "Preset Category": "Custom", "Model Size": "6B",
    "temp": 0.7, "genamt": 90, "max_length": 2048, "top_k": 0, "top_p": 0.8, "top_a": 0.0, "typical": 1.0,
    "tfs": 1.0, "rep_pen": 1.1, "rep_pen_range": 0, "rep_pen_slope": 0.0, "sampler_order": [6, 0, 1, 2, 3, 4, 5],
    "andepth": 3, "widepth": 3, "ikgen": 200, "numseqs": 1, "autosave": true, "apikey": "hidden", "mirostat": 0
}""")


def read(preset: object, filename: str = "file.json", supported: frozenset[str] = ALL) -> ImportedPreset:
    return read_preset(json.dumps(preset).encode(), filename=filename, supported=supported)


def test_our_own_form_is_taken_as_it_is() -> None:
    found = read({"name": "Noir", "meaning": "Rain and short sentences.", "values": {"temperature": 0.6, "top_k": 30}})
    assert (found.name, found.meaning) == ("Noir", "Rain and short sentences.")
    assert found.values == {"temperature": 0.6, "top_k": 30}
    assert found.left_out == ()


def test_our_own_form_is_told_of_everything_that_is_not_there() -> None:
    found = read({"name": "x", "values": {"temperature": 0.6, "heat": 3, "stop": ["\n"], "seed": None, "glow": True}})
    assert found.left_out == ("heat 3", "stop", "glow true")


def test_a_sillytavern_preset_loses_nothing_that_is_off() -> None:
    found = read(SILLYTAVERN, "Plain Water.json")
    assert (found.name, found.meaning) == ("Plain Water", "")
    assert found.values == {
        "temperature": 1.0,
        "top_k": 0,
        "top_p": 1.0,
        "min_p": 0.0,
        "typical_p": 1.0,
        "repetition_penalty": 1.0,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "no_repeat_ngram_size": 0,
        "do_sample": True,
        "max_new_tokens": 350,
    }
    assert found.left_out == ()
    assert all(type(found.values[name]) is type(getattr(SamplingParams(), name)) for name in found.values)


def test_a_sillytavern_preset_is_told_of_each_knob_that_was_on() -> None:
    changed = json.loads("""{
        "temp": 1.4, "top_a": 0.42, "tfs": 0.97, "mirostat_mode": 2, "rep_pen": 1.02, "rep_pen_range": 600,
        "dynatemp": true, "dry_multiplier": 0.8, "xtc_probability": 0.5, "banned_tokens": "[7]", "nsigma": 1.5,
        "grammar_string": "root ::= x", "penalty_alpha": 0.6, "sampler_order": [5, 6, 0, 1, 2, 3, 4]
    }""")
    found = read(SILLYTAVERN | changed)
    assert (found.values["temperature"], found.values["repetition_penalty"]) == (1.4, 1.02)
    assert ", ".join(sorted(found.left_out)) == (
        "banned_tokens, dry_multiplier 0.8, dynatemp true, grammar_string, mirostat_mode 2, nsigma 1.5, "
        "penalty_alpha 0.6, rep_pen_range 600, sampler_order, temperature_last true, tfs 0.97, top_a 0.42, "
        "xtc_probability 0.5"
    )


def test_a_kobold_preset_brings_its_name_and_its_line() -> None:
    found = read(KOBOLD)
    assert (found.name, found.meaning) == ("Slow River", "Calm and long.")
    assert found.values == {
        "temperature": 0.7,
        "top_k": 0,
        "top_p": 0.8,
        "typical_p": 1.0,
        "repetition_penalty": 1.1,
        "max_new_tokens": 90,
        "num_return_sequences": 1,
    }
    assert found.left_out == ()


def test_a_list_of_one_preset_and_an_export_of_everything_hold_one_preset() -> None:
    assert read([KOBOLD]).name == "Slow River"
    found = read({"instruct": {"name": "no"}, "preset": SILLYTAVERN | {"name": "Tide", "temp": 0.9}})
    assert (found.name, found.values["temperature"]) == ("Tide", 0.9)


def test_max_length_is_the_context_beside_a_length_and_the_length_alone() -> None:
    assert read({"genamt": 80, "max_length": 512}).values == {"max_new_tokens": 80}
    assert read({"max_length": 120, "max_context_length": 2048}).values == {"max_new_tokens": 120}
    assert read({"temp": 0.5, "max_length": 2048}).left_out == ("max_length 2048",)


@pytest.mark.parametrize(
    ("knobs", "taken", "left_out"),
    [
        # Temperature 0 means the likeliest token, and then nothing that shapes the draw matters.
        ({"temp": 0, "top_p": 0, "top_k": 1, "rep_pen": 1.1}, {"do_sample", "top_k", "repetition_penalty"}, ()),
        ({"temp": 0, "temperature": 0.7}, {"temperature"}, ("temp 0",)),
        # Values out of range are named, never bent.
        ({"temp": 5, "top_k": 40}, {"top_k"}, ("temp 5",)),
        ({"rep_pen": 0.9, "top_p": 0.9}, {"top_p"}, ("rep_pen 0.9",)),
        ({"top_k": 40.5, "top_p": 0.9}, {"top_p"}, ("top_k 40.5",)),
        ({"top_k": 1001, "top_p": 0.9}, {"top_p"}, ("top_k 1001",)),
        ({"seed": 2**53, "top_p": 0.9}, {"top_p"}, ("seed 9007199254740992",)),
        # What means “off” or “any” elsewhere.
        ({"top_k": -1, "seed": -1, "top_p": 0.9}, {"top_k", "top_p"}, ()),
        ({"temp": None, "tfs": None, "top_a": "", "top_p": 0.9}, {"top_p"}, ()),
        # Two names for one thing.
        ({"temp": 0.7, "temperature": 0.7}, {"temperature"}, ()),
        ({"temp": 0.9, "temperature": 0.7}, {"temperature"}, ("temp 0.9",)),
        ({"temp": 0.9, "temperature": 7}, {"temperature"}, ("temperature 7",)),
        # Figures as texts, flags as figures, figures as flags.
        ({"temp": " 0.7 ", "do_sample": 1}, {"temperature", "do_sample"}, ()),
        ({"temp": True, "do_sample": "maybe", "top_p": 0.9}, {"top_p"}, ("temp true", "do_sample")),
        ({"temp": "hot", "top_p": 0.9}, {"top_p"}, ("temp",)),
        ({"temp": "1_0", "top_k": "４", "top_p": 0.9}, {"top_p"}, ("temp", "top_k")),
        ({"temp": [0.7], "top_p": 0.9}, {"top_p"}, ("temp",)),
        ({"tfs": 0.9399999999999999, "top_p": 0.9}, {"top_p"}, ("tfs 0.94",)),
        # A sampler of a time to come.
        ({"warp_z": 0.3, "top_p": 0.9, "shiny": True, "note": "x"}, {"top_p"}, ("warp_z 0.3",)),
    ],
)
def test_each_value_is_taken_or_told(knobs: dict[str, Any], taken: set[str], left_out: tuple[str, ...]) -> None:
    found = read(knobs)
    assert set(found.values) == taken
    assert sorted(found.left_out) == sorted(left_out)


def test_greedy_is_taken_for_what_it_is() -> None:
    assert read({"temp": 0}).values == {"do_sample": False}
    assert read({"do_sample": 0, "temp": 0.5}).values == {"do_sample": False, "temperature": 0.5}
    assert read({"temp": 0, "top_k": 5}, supported=frozenset({"top_k"})).left_out == ("temp 0",)


def test_what_is_not_supported_is_told_only_where_it_was_on() -> None:
    found = read({"temp": 0.5, "min_p": 0.05, "typical": 1, "freq_pen": 0}, supported=frozenset({"temperature"}))
    assert found.values == {"temperature": 0.5}
    assert found.left_out == ("min_p 0.05",)


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ('{"temp": NaN, "top_k": 1}', "temp nan"),
        ('{"temp": -Infinity, "top_k": 1}', "temp -inf"),
        ('{"temp": 1e999, "top_k": 1}', "temp inf"),
        ('{"temp": 1' + "0" * 10_000 + ', "top_k": 1}', "temp inf"),
        ('{"temp": 100000000000000000000, "top_k": 1}', "temp 1e+20"),
        ('{"temp": "1e999", "top_k": 1}', "temp"),
    ],
)
def test_numbers_that_are_none_are_told(text: str, left_out: str) -> None:
    assert read_preset(text.encode(), filename="", supported=ALL).left_out == (left_out,)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_files_in_the_encodings_of_json_are_read(encoding: str) -> None:
    data = json.dumps({"name": "夜", "values": {"top_k": 9}}, ensure_ascii=False).encode(encoding)
    assert read_preset(data, filename="x", supported=ALL).name == "夜"


@pytest.mark.parametrize(
    ("name", "filename", "expected"),
    [
        ("  Two\n lines\t ", "x.json", "Two lines"),
        ("\u202e\u200b\x00\ud800", "folder\\Big Wave.settings", "Big Wave"),
        ("n" * 99, "", "n" * MAX_NAME),
        ("n" * 31 + " and more", "", "n" * 31),
        (7, "../../etc/gpt-neo-2.7B.PRESETS", "gpt-neo-2.7B"),
        (None, "夜雨.json", "夜雨"),
        (None, ".json", "preset"),
        (None, "v1.5", "v1.5"),
    ],
)
def test_every_preset_has_a_name_of_one_line(name: object, filename: str, expected: str) -> None:
    assert read({"name": name, "top_k": 1}, filename).name == expected


def test_names_of_knobs_are_shown_as_one_short_line() -> None:
    left_out = read({"values": {"top_k": 1, "a\n\u202eb": 2, "\u200b": 3, "k" * 99: 4}}).left_out
    assert left_out == ("a b 2", "? 3", "k" * 40 + " 4")


@pytest.mark.parametrize(
    ("data", "error", "told"),
    [
        (b"", PresetNotJsonError, "not JSON"),
        (b"temperature = 0.7", PresetNotJsonError, "not JSON"),
        (b"\xff\xfe\xff", PresetNotJsonError, "not JSON"),
        (b"\x89PNG\r\n", PresetNotJsonError, "not JSON"),
        (b"[" * MAX_PRESET_BYTES, PresetNotJsonError, "not JSON"),
        (b'{"a":' * 12_000, PresetNotJsonError, "not JSON"),
        (b"7", NotOnePresetError, "exactly one preset"),
        (b"[]", NotOnePresetError, "exactly one preset"),
        (b'[{"temp": 1}, {"temp": 2}]', NotOnePresetError, "exactly one preset"),
        (b"[[[{}]]]", NotOnePresetError, "exactly one preset"),
        (b"{}", EmptyPresetError, "at least one of these: temperature, top_k"),
        (b'{"values": {}}', EmptyPresetError, "at least one of these"),
        (b'{"temp": 9, "tfs": 0.5}', EmptyPresetError, "at least one of these"),
        (b" " * (MAX_PRESET_BYTES + 1), PresetFileTooLargeError, "larger than 64 KB"),
    ],
)
def test_what_is_no_preset_is_refused_in_one_sentence(data: bytes, error: type[PresetFileError], told: str) -> None:
    with pytest.raises(error) as caught:
        read_preset(data, filename="x.json", supported=ALL)
    assert told in str(caught.value)


def test_a_file_full_of_depth_that_is_still_json_is_read() -> None:
    data = b'{"top_k": 1, "json_schema": ' + b"[" * 300 + b"]" * 300 + b"}"
    assert read_preset(data, filename="", supported=ALL).left_out == ("json_schema",)


def test_values_cannot_be_changed_afterwards() -> None:
    with pytest.raises(TypeError):
        read({"top_k": 1}).values["top_k"] = 2  # type: ignore[index]


def test_the_tables_agree_with_the_parameters() -> None:
    assert set(NAMES) == ALL
    assert all(keys[0] == name for name, keys in NAMES.items())
    assert not {key for keys in NAMES.values() for key in keys} & (DETAILS | TEXTS | SWITCHES | NEEDS.keys())
    for name, values in OFF.items():
        defaults = [value for value in values if value >= 0]
        assert name not in RANGES or all(RANGES[name].low <= value or value == 0 for value in defaults)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner))
KEYS = st.sampled_from([*SILLYTAVERN, *KOBOLD, *RANGES, "name", "meaning"]) | st.text(max_size=9)
NUMBERS = st.integers(-3, 2000) | st.floats(-3, 3) | st.sampled_from(["0.7", "1", "-1", "nan"]) | ANYTHING
KNOBS = st.dictionaries(KEYS, NUMBERS, max_size=12)


@given(
    ANYTHING | KNOBS | KNOBS.map(lambda knobs: {"name": "x", "values": knobs}),
    st.text(max_size=50),
    st.frozensets(st.sampled_from(sorted(ALL))),
)
def test_whatever_is_uploaded_gives_a_usable_preset_or_a_sentence(
    preset: object, filename: str, supported: frozenset[str]
) -> None:
    try:
        found = read(preset, filename, supported)
    except PresetFileError:
        return
    assert found.values.keys() <= supported
    replace(SamplingParams(), **cast("dict[str, Any]", found.values))
    assert 1 <= len(found.name) <= MAX_NAME
    assert len(found.meaning) <= MAX_MEANING
    for line in (found.name, found.meaning, *found.left_out):
        assert line == line.strip()
        assert line.isprintable()
        line.encode()


@given(st.binary(max_size=300))
def test_no_bytes_are_too_wild(data: bytes) -> None:
    with pytest.raises(PresetFileError):
        read_preset(data, filename="x.json", supported=ALL)
