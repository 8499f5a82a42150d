"""From a checkpoint to what the engine opens: OpenVINO IR with packed weights, tokenizer and detokenizer.

    python -m bot.engine.models.export SRC OUT --weights int8

A program of its own, so that torch's memory ends with it. The last line of stdout is `{"folder": …}` or
`{"error": …, "detail": …}`.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.engine.models.children import answer, end_with_parent, run_module
from bot.engine.models.packing import FORMS, GROUP
from bot.engine.models.problems import CannotPrepareError
from bot.engine.models.progress import Progress, Report, Stage

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

KEPT = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
NEEDED = ("openvino_model.xml", "openvino_tokenizer.xml", "openvino_detokenizer.xml")
PROBE = "Once upon a time"

# OpenVINO reads a decoder's literal `Replace` as a regular expression. A BERT vocabulary decodes with a space before
# every token; this keeps the spaces between Latin words and drops those that touch Chinese characters and punctuation.
STRAY_SPACES = r"(?<![!-~]) +| +(?![!-~])| +(?=[,.!?;:)\]}])|(?<=[(\[{]) +"


class Vocabulary(Protocol):
    """What `mended` asks a tokenizer: its length, and (where it has them) ids by name."""

    def __len__(self) -> int: ...


def is_exported(folder: Path) -> bool:
    """Tell whether a folder is what the engine opens."""
    return all((folder / name).is_file() for name in NEEDED)


def export(source: Path, target: Path, report: Report, weights: str = "int8") -> None:
    """Export a checkpoint in a process of its own.

    Args:
        source: A folder with config, tokenizer and safetensors weights.
        target: Where the export goes; must not exist.
        report: Told about it several times a second.
        weights: One of `packing.FORMS`.

    Raises:
        CannotPrepareError: with the reason.
    """
    quiet = {"TQDM_DISABLE": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}
    said = run_module(
        "bot.engine.models.export",
        source,
        target,
        "--weights",
        weights,
        extra_env=quiet,
        poll=lambda: report(Progress(Stage.EXPORT)),
    )
    if "folder" in said and is_exported(target):
        return
    if said.get("error") == "torch":
        raise CannotPrepareError("it must be exported once, which needs torch and optimum-intel: run `make setup`.")
    raise CannotPrepareError(f"its export failed ({said.get('detail', 'nothing came out').rstrip('.')}).")


def arguments(description: str) -> argparse.Namespace:
    """In a child: read what is made of what, `source`, `target` and `weights`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--weights", choices=FORMS, default="int8")
    return parser.parse_args()


def main() -> None:
    """In the child: export, try the result, answer."""
    options = arguments("Export a checkpoint for the engine.")
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    try:
        _export(options.source, options.target, options.weights)
        try_out(options.target)
    except ModuleNotFoundError as error:
        answer(error="torch", detail=str(error))
    except Exception as error:  # noqa: BLE001 - whatever a foreign checkpoint provokes is the answer
        answer(error="failed", detail=(str(error).strip().splitlines() or [type(error).__name__])[0])
    else:
        answer(folder=str(options.target))


def _export(source: Path, target: Path, weights: str) -> None:
    import openvino  # noqa: PLC0415
    from optimum.exporters.openvino import main_export  # noqa: PLC0415
    from optimum.intel import OVConfig  # noqa: PLC0415
    from transformers import AutoTokenizer  # noqa: PLC0415

    full = target.with_name(f"{target.name}.full")
    main_export(
        model_name_or_path=str(source),
        output=full,
        task="text-generation-with-past",
        library_name="transformers",
        trust_remote_code=False,
        local_files_only=True,
        convert_tokenizer=False,
        ov_config=OVConfig(dtype="fp32"),
    )
    target.mkdir()
    tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True, trust_remote_code=False)
    for name in KEPT:
        if (full / name).is_file():
            shutil.copy(full / name, target)
    _mend_end_of_text(target, tokenizer)
    model = openvino.Core().read_model(full / "openvino_model.xml")
    if weights in {"int8", "int4"}:
        import nncf  # noqa: PLC0415

        modes = nncf.CompressWeightsMode
        how = {"mode": modes.INT8_SYM} if weights == "int8" else {"mode": modes.INT4_ASYM, "group_size": GROUP}
        model = nncf.compress_weights(model, **how)
    openvino.save_model(model, target / "openvino_model.xml", compress_to_fp16=weights == "bfloat16")
    del model
    shutil.rmtree(full)
    _export_tokenizer(tokenizer, target)


def _export_tokenizer(tokenizer: PreTrainedTokenizerBase, target: Path) -> None:
    import openvino  # noqa: PLC0415
    from openvino_tokenizers import convert_tokenizer  # noqa: PLC0415
    from tokenizers import decoders  # noqa: PLC0415

    backend = tokenizer.backend_tokenizer
    word_pieces = json.loads(backend.to_str())["model"]["type"] == "WordPiece"
    if word_pieces:
        backend.decoder = decoders.Sequence([decoders.Fuse(), decoders.Replace(STRAY_SPACES, "")])
    models = convert_tokenizer(tokenizer, with_detokenizer=True, clean_up_tokenization_spaces=False)
    for name, model in zip(("tokenizer", "detokenizer"), models, strict=True):
        openvino.save_model(model, target / f"openvino_{name}.xml")


def _mend_end_of_text(target: Path, tokenizer: Vocabulary) -> None:
    """Chinese GPT-2s leave GPT-2's end-of-text id in their config, which their vocabulary does not have."""
    for name in ("config.json", "generation_config.json"):
        path = target / name
        if path.is_file():
            values = json.loads(path.read_text(encoding="utf-8"))
            path.write_text(json.dumps(mended(values, tokenizer), indent=2) + "\n", encoding="utf-8")


def mended(config: dict[str, Any], tokenizer: Vocabulary) -> dict[str, Any]:
    """Give a config whose begin and end of text are in the vocabulary; `tokenizer` says what stands for them.

    Args:
        config: As read from `config.json` or `generation_config.json`.
        tokenizer: Has a length, and ids for end of text or for BERT's `[SEP]` and `[CLS]`.
    """
    config = dict(config)
    ends, begins = ("eos_token_id", "sep_token_id"), ("bos_token_id", "cls_token_id")
    for key, names in (("eos_token_id", ends), ("bos_token_id", begins), ("pad_token_id", ("pad_token_id", *ends))):
        given = config.get(key)
        inside = [id_ for id_ in (given if isinstance(given, list) else [given]) if _within(id_, tokenizer)]
        if not inside:
            known = [getattr(tokenizer, name, None) for name in names]
            config[key] = next((id_ for id_ in known if _within(id_, tokenizer)), None)
    return config


def _within(id_: object, tokenizer: Vocabulary) -> bool:
    return isinstance(id_, int) and 0 <= id_ < len(tokenizer)


def try_out(target: Path) -> None:
    """In a child: open what was made as the engine will, and let it write a few tokens."""
    import openvino_genai  # noqa: PLC0415

    scheduler = openvino_genai.SchedulerConfig()
    scheduler.num_kv_blocks = 64
    pipeline = openvino_genai.ContinuousBatchingPipeline(str(target), scheduler, "CPU", {}, {})
    wanted = openvino_genai.GenerationConfig(max_new_tokens=4, ignore_eos=True, apply_chat_template=False)
    pipeline.generate([PROBE], [wanted])


if __name__ == "__main__":
    end_with_parent()
    main()
