"""From a GGUF file to what the engine opens: OpenVINO IR with weights in one form, tokenizer and detokenizer.

    python -m bot.engine.models.convert MODEL.gguf OUT --weights int8

OpenVINO GenAI opens a GGUF file by itself, but keeps the file's groups of 32 weights, which are slower to multiply than
a scale a row, and unpacks them at each start. Without torch. A program of its own, because reading a damaged file may
end the process, and for the memory. The last line of stdout is `{"folder": …}` or `{"error": …, "detail": …}`.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from bot.engine.models.children import answer, end_with_parent, run_module
from bot.engine.models.export import arguments, is_exported, try_out
from bot.engine.models.packing import packed
from bot.engine.models.problems import CannotPrepareError
from bot.engine.models.progress import Progress, Report, Stage

WEIGHT_PORTS = {"MatMul": 1, "Gather": 0}
"""Operations that take a weight, and at which input."""
UNPACKING = frozenset({"Constant", "Convert", "Reshape", "Multiply", "Subtract"})
"""Operations by which a graph unpacks its weights."""
SIZES = {
    "max_position_embeddings": "context_length",
    "num_hidden_layers": "block_count",
    "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv",
    "hidden_size": "embedding_length",
    "intermediate_size": "feed_forward_length",
    "vocab_size": "vocab_size",
}
"""What transformers' configs call the sizes of a model, and what GGUF does, behind the architecture's name."""


def convert(source: Path, target: Path, weights: str, report: Report) -> None:
    """Convert in a process of its own.

    Args:
        source: A GGUF file.
        target: The folder that it goes to; must not exist.
        weights: One of `packing.FORMS`.
        report: Told about it several times a second.

    Raises:
        CannotPrepareError: with the reason.
    """
    said = run_module(
        "bot.engine.models.convert",
        source,
        target,
        "--weights",
        weights,
        extra_env={},
        poll=lambda: report(Progress(Stage.EXPORT)),
    )
    if "folder" not in said or not is_exported(target):
        # What is no GGUF file, or not all of it, ends OpenVINO's reader and its process.
        damaged = said.get("error") == "crashed"
        reason = "it is damaged or not whole" if damaged else said.get("detail", "it gave no reason").rstrip(".")
        raise CannotPrepareError(f"OpenVINO cannot read {source.name} ({reason}).")


def sizes(source: Path) -> dict[str, int | str | bool]:
    """Read the sizes of a model off its GGUF file, by the names of transformers' configs.

    All models that OpenVINO reads from such a file are built like Llama, and their activation is not noted in it.
    """
    import gguf  # noqa: PLC0415 - half a second that only this program has to spend

    reader = gguf.GGUFReader(source)
    fields = reader.fields
    architecture = fields["general.architecture"].contents()
    known = {name: fields.get(f"{architecture}.{field}") for name, field in SIZES.items()}
    found = {name: int(field.contents()) for name, field in known.items() if field is not None}
    tied = all(tensor.name != "output.weight" for tensor in reader.tensors)
    return {**found, "hidden_act": "silu", "tie_word_embeddings": tied}


def _convert(source: Path, target: Path, weights: str) -> None:
    import openvino  # noqa: PLC0415 - only the program needs them
    import openvino_genai  # noqa: PLC0415

    target.mkdir()
    whole = target / "whole"
    whole.mkdir()
    copy = Path(shutil.copy(source, whole / source.name))  # what is saved is saved beside the file
    scheduler = openvino_genai.SchedulerConfig()
    scheduler.num_kv_blocks = 1
    openvino_genai.ContinuousBatchingPipeline(str(copy), scheduler, "CPU", {"enable_save_ov_model": True}, {})
    openvino_genai.Tokenizer(str(copy), enable_save_ov_model=True)
    for path in (*whole.glob("openvino_tokenizer.*"), *whole.glob("openvino_detokenizer.*")):
        path.replace(target / path.name)
    model = openvino.Core().read_model(whole / "openvino_model.xml")
    _repack(model, weights)
    openvino.save_model(model, target / "openvino_model.xml", compress_to_fp16=weights == "bfloat16")
    del model
    shutil.rmtree(whole)
    (target / "config.json").write_text(json.dumps(sizes(source), indent=2) + "\n", encoding="utf-8")


def _repack(model: Any, form: str) -> None:  # noqa: ANN401 - the library has no types
    """Put every weight of a graph into another form; one that is used twice is packed once."""
    import openvino  # noqa: PLC0415 - see `_convert`

    words = model.output("logits").get_partial_shape()[-1].get_length()
    done: dict[str, Any] = {}
    for node in model.get_ordered_ops():
        port = WEIGHT_PORTS.get(node.get_type_name())
        if port is None or not _is_weight(node.input_value(port)):
            continue
        output = node.input_value(port)
        name = output.get_node().get_friendly_name()
        if name not in done:
            shape = list(output.get_shape())
            weight = openvino.Tensor(openvino.Type.f32, openvino.Shape(shape))
            openvino.Model([output], []).evaluate([weight], [])
            done[name] = packed(weight.data, form, vocabulary=shape[0] == words).output(0)
        node.input(port).replace_source_output(done[name])
    model.validate_nodes_and_infer_types()


def _is_weight(output: Any) -> bool:  # noqa: ANN401 - the library has no types
    shape = output.get_partial_shape()
    return bool(shape.is_static and len(shape) == 2 and _is_constant(output.get_node()))


def _is_constant(node: Any) -> bool:  # noqa: ANN401 - the library has no types
    unpacking = node.get_type_name() in UNPACKING
    return unpacking and all(_is_constant(value.get_node()) for value in node.input_values())


def main() -> None:
    """In the child: convert, try the result, answer."""
    options = arguments("Convert a GGUF file for the engine.")
    try:
        _convert(options.source, options.target, options.weights)
        try_out(options.target)
    except Exception as error:  # noqa: BLE001 - whatever a foreign file provokes is the answer
        said = str(error).replace(f"{options.target / 'whole'}/", "")  # of a copy that nobody knows of
        answer(error="failed", detail=(said.strip().splitlines() or [type(error).__name__])[-1])
    else:
        answer(folder=str(options.target))


if __name__ == "__main__":
    end_with_parent()
    main()
