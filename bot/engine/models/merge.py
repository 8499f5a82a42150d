"""From a GGUF file and an adapter to a GGUF file with the adapter in its weights.

    python -m bot.engine.models.merge BASE.gguf ADAPTER.safetensors OUT.gguf

OpenVINO takes no adapter beside a GGUF file (it says “unused LoRA tensors” and writes as before), hence a model of its
own: numpy alone, a tensor at a time, Q8_0 in the end. A program of its own because it holds the interpreter for
seconds. The last line of stdout is `{"file": …}` or `{"error": …, "detail": …}`.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.models.adapter import Adapter
from bot.engine.models.children import answer, end_with_parent, run_module
from bot.engine.models.folders import sha256_of
from bot.engine.models.problems import CannotPrepareError
from bot.engine.models.progress import Progress, Report, Stage
from bot.engine.models.registry import AdapterPin

if TYPE_CHECKING:
    import gguf
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

ARCHITECTURE = "llama"
LAYERS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
"""What GGUF calls the layers of a Llama block, and what transformers does."""
HEADS = {"attn_q": "llama.attention.head_count", "attn_k": "llama.attention.head_count_kv"}
"""Layers whose rows GGUF keeps in another order, and where it says how many heads they have."""


def merge(base: Path, adapter: Path, target: Path, report: Report) -> None:
    """Merge in a process of its own.

    Args:
        base: A GGUF file of a Llama-like model.
        adapter: An adapter's file.
        target: Where the merged file goes; it is whole or not there.
        report: Told about it several times a second.

    Raises:
        CannotPrepareError: with the reason.
    """
    said = run_module(
        "bot.engine.models.merge",
        base,
        adapter,
        target,
        extra_env={},
        poll=lambda: report(Progress(Stage.MERGE)),
    )
    if "file" not in said or not target.is_file():
        raise CannotPrepareError(said.get("detail", "merging its adapter failed").rstrip(".") + ".")


def checked_adapter(pin: AdapterPin, *, base_sha256: str) -> Path:
    """Give an adapter's file if it is what was pinned, and belongs to the base that is here.

    Args:
        pin: Names the file.
        base_sha256: See `ModelLibrary.weights_sha256`.

    Raises:
        CannotPrepareError: it is not, does not, or is not there.
    """
    file = pin.file
    try:
        digest = sha256_of(file)
    except OSError as error:
        raise CannotPrepareError(f"its adapter {file} cannot be read ({error.strerror}).") from None
    if digest != pin.sha256:
        raise CannotPrepareError(f"its adapter {file.name} is not the pinned file: its SHA-256 is {digest}.")
    if Adapter.read(file).base_sha256 != base_sha256:
        raise CannotPrepareError(f"its adapter was trained beside another {pin.base} than the one here: tune it again.")
    return file


def merge_here(base: Path, adapter: Adapter, target: Path) -> None:
    """Merge in this process.

    Raises:
        CannotPrepareError: the two do not belong together.
        OSError: a file cannot be read or written.
    """
    import gguf  # noqa: PLC0415 - half a second that only this program has to spend

    reader = gguf.GGUFReader(base)
    require_mergeable(reader)
    writer = gguf.GGUFWriter(target, ARCHITECTURE)
    _copy_fields(reader, writer)
    left = dict(adapter.layers)
    for tensor in reader.tensors:
        weight = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        layer = layer_of(tensor.name)
        if (factors := left.pop(layer, None)) is not None:
            delta = factors.b.astype(np.float32) @ factors.a.astype(np.float32) * np.float32(adapter.scale)
            if delta.shape != weight.shape:
                raise CannotPrepareError(f"its adapter was trained beside another model: {layer} has another size.")
            weight = weight + _ordered(tensor.name, delta, reader)
        _add(writer, tensor.name, weight)
    if left:
        raise CannotPrepareError(f"its adapter was trained beside another model, which has {min(left)}.")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def require_mergeable(reader: gguf.GGUFReader) -> None:
    """See that adapters can be merged into a file.

    Raises:
        CannotPrepareError: its layers have other names, and their rows another order, than is known here.
    """
    field = reader.fields.get("general.architecture")
    architecture = field.contents() if field else "an unknown architecture"
    if architecture != ARCHITECTURE:
        raise CannotPrepareError(f"an adapter can be merged into a GGUF file of a Llama model, not of {architecture}.")


def layer_of(tensor: str) -> str:
    """Give transformers' name of a layer whose weight GGUF calls `blk.3.attn_q.weight`; empty for others."""
    found = re.fullmatch(r"blk\.(\d+)\.(\w+)\.weight", tensor)
    return f"model.layers.{found[1]}.{LAYERS[found[2]]}" if found and found[2] in LAYERS else ""


def interleaved(rows: Matrix, heads: int) -> Matrix:
    """Give rows of queries or keys in the order in which GGUF keeps them for rotary embeddings.

    transformers rotates the first half of a head against the second, GGUF each pair of neighbours.
    """
    return rows.reshape(heads, 2, -1, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def _ordered(tensor: str, delta: Matrix, reader: gguf.GGUFReader) -> Matrix:
    field = HEADS.get(tensor.split(".")[2])
    return delta if field is None else interleaved(delta, int(reader.fields[field].contents()))


def _copy_fields(reader: gguf.GGUFReader, writer: gguf.GGUFWriter) -> None:
    import gguf  # noqa: PLC0415 - see `merge_here`

    for key, field in reader.fields.items():
        if not key.startswith("GGUF.") and key not in {"general.architecture", "general.file_type"}:
            array = field.types[0] == gguf.GGUFValueType.ARRAY
            writer.add_key_value(key, field.contents(), field.types[0], sub_type=field.types[-1] if array else None)
    # OpenVINO reads the type of all weights from here, and fails without it.
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)


def _add(writer: gguf.GGUFWriter, name: str, weight: Matrix) -> None:
    import gguf  # noqa: PLC0415 - see `merge_here`

    if weight.ndim == 1:
        writer.add_tensor(name, weight.astype(np.float32))
        return
    kind = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor(name, gguf.quants.quantize(weight.astype(np.float32), kind), raw_dtype=kind)


def main() -> None:
    """In the child: merge, answer."""
    parser = argparse.ArgumentParser(description="Merge an adapter into a GGUF file.")
    parser.add_argument("base", type=Path)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    part = options.target.with_suffix(".part")
    try:
        merge_here(options.base, Adapter.read(options.adapter), part)
        part.replace(options.target)
    except CannotPrepareError as problem:
        answer(error="refused", detail=str(problem))
    except (OSError, ValueError, KeyError, IndexError) as error:
        answer(error="failed", detail=f"merging its adapter failed ({error})")
    else:
        answer(file=str(options.target))


if __name__ == "__main__":
    end_with_parent()
    main()
