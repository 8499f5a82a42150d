"""The engines that the bot's own are compared with, each in a process of its own."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType
from typing import Any

TOP_K, TOP_P = 50, 0.95

Batch = Callable[[Sequence[str], int, int], dict[str, Any]]
"""Writes so many tokens on from each prompt, with a seed; gives the arguments of a `contestants.Run`."""
Opener = Callable[[Path, str, int], Batch]
"""Opens a model in a dtype with so many threads."""


def open_raw_openvino(path: Path, dtype: str, threads: int) -> Batch:  # noqa: ARG001 - as it was exported
    """OpenVINO GenAI's continuous batching with nothing around it."""
    import openvino_genai as genai  # noqa: PLC0415 - in its own process alone

    scheduler = genai.SchedulerConfig()
    scheduler.cache_size = 1
    scheduler.max_num_batched_tokens = 256
    scheduler.enable_prefix_caching = True
    pipeline = genai.ContinuousBatchingPipeline(str(path), scheduler, "CPU", {"INFERENCE_NUM_THREADS": threads}, {})
    tokenizer = pipeline.get_tokenizer()
    ids = itertools.count()

    def batch(prompts: Sequence[str], new_tokens: int, seed: int) -> dict[str, Any]:
        begun = time.perf_counter()
        handles = []
        for at, prompt in enumerate(prompts):
            config = genai.GenerationConfig(
                max_new_tokens=new_tokens, do_sample=True, temperature=1.0, top_k=TOP_K, top_p=TOP_P,
                rng_seed=seed + at, ignore_eos=True, apply_chat_template=False,
            )  # fmt: skip
            encoded = tokenizer.encode(prompt, add_special_tokens=False).input_ids
            handles.append(pipeline.add_request(next(ids), encoded, config))
        first, tokens = [0.0] * len(handles), 0
        while pipeline.has_non_finished_requests():
            pipeline.step()
            for at, handle in enumerate(handles):
                while handle.can_read():
                    first[at] = first[at] or time.perf_counter() - begun
                    tokens += sum(len(output.generated_ids) for output in handle.read().values())
        return {"seconds": time.perf_counter() - begun, "tokens": tokens, "first": tuple(first)}

    return batch


def open_generate(path: Path, dtype: str, threads: int) -> Batch:
    """Transformers' `generate`, all prompts in one call."""
    import torch  # noqa: PLC0415 - in its own process alone
    from transformers import StoppingCriteria  # noqa: PLC0415

    from bot.engine.backends.pytorch.opening import open_checkpoint  # noqa: PLC0415

    torch.set_num_threads(threads)
    model, tokenizer = open_checkpoint(path, getattr(torch, dtype))
    model.eval()

    class Clock(StoppingCriteria):  # type: ignore[misc]  # transformers has no types
        first = 0.0

        def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:  # noqa: ARG002
            self.first = self.first or time.perf_counter()
            return torch.zeros(input_ids.shape[0], dtype=torch.bool)

    def batch(prompts: Sequence[str], new_tokens: int, seed: int) -> dict[str, Any]:
        torch.manual_seed(seed)
        clock, begun = Clock(), time.perf_counter()
        rows = [tokenizer(prompt, add_special_tokens=False)["input_ids"] for prompt in prompts]
        shortest = min(map(len, rows))  # one length: padding would cost it time
        ids = torch.tensor([row[:shortest] for row in rows])
        with torch.inference_mode():
            found = model.generate(
                ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=TOP_K, top_p=TOP_P,
                min_new_tokens=new_tokens, max_new_tokens=new_tokens, stopping_criteria=[clock],
                pad_token_id=model.config.eos_token_id,
            )  # fmt: skip
        seconds = time.perf_counter() - begun
        return {
            "seconds": seconds,
            "tokens": int(found[:, shortest:].numel()),
            "first": (clock.first - begun,) * len(rows),
        }

    return batch


def open_ctranslate2(path: Path, dtype: str, threads: int) -> Batch:
    """CTranslate2, over a copy that is converted once and kept beside the model."""
    import ctranslate2  # noqa: PLC0415 - in its own process alone; an extra
    from tokenizers import Tokenizer  # noqa: PLC0415
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415

    transformers_logging.disable_progress_bar()
    converted = path.with_name(f"{path.name}.ctranslate2-{dtype}")
    if not (converted / "model.bin").is_file():
        ctranslate2.converters.TransformersConverter(str(path)).convert(str(converted), quantization=dtype, force=True)
    generator = ctranslate2.Generator(str(converted), compute_type=dtype, inter_threads=1, intra_threads=threads)
    tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))

    def batch(prompts: Sequence[str], new_tokens: int, seed: int) -> dict[str, Any]:
        ctranslate2.set_random_seed(seed)
        first: dict[int, float] = {}
        begun = time.perf_counter()

        def seen(step: Any) -> bool:  # noqa: ANN401 - the library has no types
            first.setdefault(step.batch_id, time.perf_counter() - begun)
            return False

        found = generator.generate_batch(
            [tokenizer.encode(prompt).tokens for prompt in prompts], max_length=new_tokens, min_length=new_tokens,
            sampling_topk=TOP_K, sampling_topp=TOP_P, include_prompt_in_result=False, callback=seen,
        )  # fmt: skip
        seconds = time.perf_counter() - begun
        tokens = sum(len(result.sequences_ids[0]) for result in found)
        return {"seconds": seconds, "tokens": tokens, "first": tuple(first.values())}

    return batch


def open_llama_cpp(path: Path, dtype: str, threads: int) -> Batch:  # noqa: ARG001 - as the file has it
    """llama.cpp, which KoboldCpp and others are built on."""
    from bot.bench.engine.llama import Llama  # noqa: PLC0415 - in its own process alone; an extra

    return Llama(path, threads, top_k=TOP_K, top_p=TOP_P).batch


OPENERS: Mapping[str, Opener] = MappingProxyType(
    {
        "openvino-raw": open_raw_openvino,
        "generate-float32": open_generate,
        "generate-bfloat16": open_generate,
        "ctranslate2": open_ctranslate2,
        "llama.cpp": open_llama_cpp,
    }
)


def main(connection: Connection[Any, Any], engine: str, dtype: str, path: Path, threads: int) -> None:
    """Open an engine and write what is asked for until None comes; what `multiprocessing` calls in the process."""
    try:
        batch = OPENERS[engine](path, dtype, threads)
        connection.send({})
        while (asked := connection.recv()) is not None:
            connection.send(batch(*asked))
    except EOFError:
        return
    except Exception as error:  # noqa: BLE001 - whatever a foreign engine raises is the answer
        connection.send({"error": (str(error).strip().splitlines() or [type(error).__name__])[0]})


def peak_mb(pid: int) -> float:
    """Give the most resident memory that a process has taken, in MB; 0 where the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:")), 0.0)
