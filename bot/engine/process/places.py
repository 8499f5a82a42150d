"""Where engine processes run: on a GPU each, or on the processors of a NUMA node each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.engine.models.backend import Running
from bot.engine.models.gpus import visible_gpus
from config.settings import EngineSettings

SYSTEM = Path("/sys/devices/system")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one engine process runs; by default on all there is."""

    cpus: frozenset[int] = frozenset()
    """The processors that it keeps to, by their numbers; empty for all."""
    threads: int = 0
    """What it calculates with, unless the operator says; 0 leaves the choice to the backend."""
    gpu: str = ""
    """As `CUDA_VISIBLE_DEVICES` names it; empty for whichever there is."""

    def __str__(self) -> str:
        """Say it in a few words."""
        if self.gpu:
            return f"GPU {self.gpu}"
        where = f"processors {min(self.cpus)} to {max(self.cpus)}" if self.cpus else "all processors"
        return f"{where}, {self.threads} threads" if self.threads else where

    def take(self) -> None:
        """Keep this process to the place, which has to be done before a backend is imported."""
        if self.cpus:
            os.sched_setaffinity(0, self.cpus)
        if self.gpu:
            os.environ["CUDA_VISIBLE_DEVICES"] = self.gpu


ANYWHERE = Place()


def places(settings: EngineSettings, running: Running) -> tuple[Place, ...]:
    """Choose where engine processes run on this machine: as many as are set, else one for each GPU or NUMA node.

    Where a model is spread over all GPUs, one process has them all.
    """
    gpus = visible_gpus() if running.device == "cuda" else ()
    return spread(settings.processes, gpus, numa_nodes() if running.device == "cpu" else ())


def spread(count: int, gpus: Sequence[str], nodes: Sequence[frozenset[int]]) -> tuple[Place, ...]:
    """Divide GPUs, or else the processors of NUMA nodes, among processes.

    Args:
        count: How many processes; 0 for one each.
        gpus: GPUs, as `CUDA_VISIBLE_DEVICES` names them.
        nodes: The processors of each node; none where that is not known.

    Returns:
        A place for each process. One process alone keeps to nothing: whatever there is, it has it for itself.
    """
    count = count or len(gpus) or len(nodes) or 1
    if count == 1:
        return (ANYWHERE,)
    if gpus:
        return tuple(Place(gpu=gpus[at % len(gpus)]) for at in range(count))
    if not nodes:
        share = max(1, (os.cpu_count() or 1) // count)
        return (Place(threads=share),) * count
    beside = [len(range(node, count, len(nodes))) for node in range(len(nodes))]
    return tuple(
        Place(cpus=cpus, threads=max(1, physical_cores(cpus) // beside[at % len(nodes)]))
        for at, cpus in ((at, nodes[at % len(nodes)]) for at in range(count))
    )


def numa_nodes(system: Path = SYSTEM) -> tuple[frozenset[int], ...]:
    """Give the processors of each NUMA node that this process may use; none where the system does not say."""
    if not hasattr(os, "sched_getaffinity"):
        return ()
    usable = os.sched_getaffinity(0)
    lists = sorted(system.glob("node/node[0-9]*/cpulist"), key=lambda path: int(path.parent.name.removeprefix("node")))
    nodes = (_numbers(path.read_text(encoding="ascii")) & usable for path in lists)
    return tuple(frozenset(cpus) for cpus in nodes if cpus)


def physical_cores(cpus: frozenset[int], system: Path = SYSTEM) -> int:
    """Count the cores that processors belong to; where the system does not say, each is one."""

    def core(cpu: int) -> str:
        siblings = system / f"cpu/cpu{cpu}/topology/thread_siblings_list"
        return siblings.read_text(encoding="ascii").strip() if siblings.is_file() else str(cpu)

    return len({core(cpu) for cpu in cpus})


def _numbers(listed: str) -> set[int]:
    """Read a list of processors as Linux writes it: `0-3,8`."""
    ends = [part.partition("-") for part in listed.strip().split(",") if part]
    return {number for first, _, last in ends for number in range(int(first), int(last or first) + 1)}
