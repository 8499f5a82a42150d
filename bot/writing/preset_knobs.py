"""What the knobs of presets are called in SillyTavern, KoboldAI and NovelAI, and at which values they do nothing."""

from __future__ import annotations

from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.engine.sampling import SamplingParams

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "temperature": ("temperature", "temp"),
        "top_k": ("top_k",),
        "top_p": ("top_p",),
        "min_p": ("min_p",),
        "typical_p": ("typical_p", "typical", "typ_p", "typ_s"),
        "repetition_penalty": ("repetition_penalty", "rep_pen", "repeat_penalty"),
        "presence_penalty": ("presence_penalty", "presence_pen"),
        "frequency_penalty": ("frequency_penalty", "freq_pen"),
        "no_repeat_ngram_size": ("no_repeat_ngram_size",),
        "do_sample": ("do_sample",),
        "max_new_tokens": ("max_new_tokens", "genamt", "max_tokens", "n_predict", "openai_max_tokens", "max_length"),
        "num_return_sequences": ("num_return_sequences", "numseqs", "n"),
        "seed": ("seed", "sampler_seed"),
    }
)
"""The names that each parameter goes by; where a file has several, the first that can be taken counts."""

OURS: Mapping[str, str] = MappingProxyType({key: name for name, keys in NAMES.items() for key in keys})
"""The parameter that each of these names stands for."""

WHOLE = frozenset(field.name for field in fields(SamplingParams) if type(field.default) is int) | {"seed"}
"""The parameters that are whole numbers."""

DRAWING = frozenset(
    {"temperature", "top_k", "top_p", "min_p", "typical_p", "presence_penalty", "frequency_penalty", "seed"}
)
"""The parameters that mean nothing where nothing is drawn."""

OFF: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "temperature": (1,),
        "top_k": (0, -1),
        "top_p": (1,),
        "typical_p": (1,),
        "repetition_penalty": (1,),
        "max_new_tokens": (0, -1),
        "num_return_sequences": (1,),
        "seed": (-1,),
        "tfs": (1,),
        "tfs_s": (1,),
        "tfs_z": (1,),
        "tail_free_sampling": (1,),
        "encoder_rep_pen": (1,),
        "encoder_repetition_penalty": (1,),
        "guidance_scale": (1,),
        "num_beams": (1,),
        "adaptive_target": (-0.01, -1, 0),
        "nsigma": (0, -1),
        "top_n_sigma": (0, -1),
        "rep_pen_slope": (0, 1),
        "rep_pen_range": (0, -1),
        "repetition_penalty_slope": (0, 1),
        "min_length": (0, 1),
        "math1_temp": (1,),
        "repeat_last_n": (0, -1),
    }
)
"""The values at which a knob asks for nothing, so that nothing is lost without it; 0 for those that are not here."""

_OF_REPETITION = (
    *("rep_pen_range", "rep_pen_slope", "rep_pen_decay", "rep_pen_size", "repeat_last_n"),
    *("repetition_penalty_range", "repetition_penalty_slope"),
)
NEEDS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(_OF_REPETITION, "repetition_penalty") | {"temperature_last": "temperature"}
)
"""Knobs that bend another one, a parameter, and do nothing as long as that is off."""

DETAILS = frozenset(
    {
        *("min_temp", "max_temp", "dynatemp_exponent", "smoothing_curve", "length_penalty", "min_keep"),
        *("mirostat_tau", "mirostat_eta", "mirostat_lr", "xtc_threshold", "adaptive_decay"),
        *("dry_allowed_length", "dry_base", "dry_penalty_last_n"),
        *("max_context", "max_context_length", "truncation_length", "openai_max_context"),
        *("andepth", "widepth", "ikgen"),
    }
)
"""Numbers that say how a knob works which is named where it is on, or that are not about sampling at all."""

TEXTS = frozenset({"banned_tokens", "custom_token_bans", "grammar", "grammar_string", "json_schema", "logit_bias"})
"""Knobs that are texts or lists."""

SWITCHES = frozenset({"dynatemp", "ban_eos_token", "ignore_eos", "ignore_eos_token", "temperature_last"})
"""Knobs that are on or off; other files have dozens more, about everything but sampling."""

USUAL_ORDERS = ([6, 0, 1, 3, 4, 2, 5], [6, 0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5])
"""The orders of samplers that KoboldAI has set by itself in its time; any other is somebody's wish."""
