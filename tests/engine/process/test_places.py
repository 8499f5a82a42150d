from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from bot.engine.models.backend import OPENVINO, Running
from bot.engine.process import places
from bot.engine.process.places import ANYWHERE, Place, numa_nodes, physical_cores, spread
from config.settings import EngineSettings

ONE, OTHER = frozenset(range(8)), frozenset(range(8, 16))


def system_of(root: Path, nodes: dict[str, str], threads_each: int = 2) -> Path:
    """Lay out what Linux says of NUMA nodes and cores."""
    for node, cpus in nodes.items():
        (root / "node" / node).mkdir(parents=True)
        (root / "node" / node / "cpulist").write_text(f"{cpus}\n", encoding="ascii")
    for cpu in range(16):
        first = cpu // threads_each * threads_each
        folder = root / f"cpu/cpu{cpu}/topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(f"{first}-{first + threads_each - 1}\n", encoding="ascii")
    return root


def test_the_processors_of_each_node_are_read_but_for_those_that_are_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = system_of(tmp_path, {"node10": "10-11", "node0": "0-2,8", "node1": "", "node2": "15"})
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(12)))
    assert numa_nodes(system) == (frozenset({0, 1, 2, 8}), frozenset({10, 11}))
    assert numa_nodes(tmp_path / "not linux") == ()


def test_threads_of_one_core_count_once(tmp_path: Path) -> None:
    assert physical_cores(frozenset({0, 1, 2, 9}), system_of(tmp_path, {})) == 3
    assert physical_cores(frozenset({0, 1, 2, 9}), tmp_path / "not linux") == 4


def test_one_process_has_the_whole_machine() -> None:
    assert (
        spread(0, (), ())
        == spread(0, (), (ONE,))
        == spread(0, ("0",), ())
        == spread(1, (), (ONE, OTHER))
        == (ANYWHERE,)
    )


def test_every_gpu_has_a_process_and_more_of_them_share() -> None:
    assert spread(0, ("0", "3"), ()) == (Place(gpu="0"), Place(gpu="3"))
    assert [place.gpu for place in spread(3, ("0", "3"), ())] == ["0", "3", "0"]


def test_every_node_has_a_process_and_more_of_them_share_its_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "physical_cores", lambda cpus: len(cpus) // 2)
    assert spread(0, (), (ONE, OTHER)) == (Place(ONE, 4), Place(OTHER, 4))
    assert spread(3, (), (ONE, OTHER)) == (Place(ONE, 2), Place(OTHER, 4), Place(ONE, 2))
    assert {place.threads for place in spread(16, (), (ONE, OTHER))} == {1}, "never fewer than one"


def test_where_nodes_are_not_known_processes_share_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert spread(3, (), ()) == (Place(threads=2),) * 3


def test_gpus_are_divided_where_models_run_on_them_and_nodes_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "visible_gpus", lambda: ("0", "1"))
    monkeypatch.setattr(places, "numa_nodes", lambda: (ONE, OTHER))
    found = places.places(EngineSettings(), Running("torch", "bfloat16", "cuda"))
    assert [place.gpu for place in found] == ["0", "1"]
    assert places.places(EngineSettings(), Running("torch", "bfloat16", "auto")) == (ANYWHERE,), "it has them all"
    assert [place.cpus for place in places.places(EngineSettings(), OPENVINO)] == [ONE, OTHER]
    assert places.places(EngineSettings(processes=1), OPENVINO) == (ANYWHERE,)


def test_a_place_is_said_in_a_few_words() -> None:
    said = [str(place) for place in (Place(gpu="3"), Place(ONE, 4), Place(threads=2), ANYWHERE)]
    assert said == ["GPU 3", "processors 0 to 7, 4 threads", "all processors, 2 threads", "all processors"]


def _taken(place: Place, answer: multiprocessing.SimpleQueue[tuple[set[int], str | None]]) -> None:
    place.take()
    answer.put((os.sched_getaffinity(0), os.environ.get("CUDA_VISIBLE_DEVICES")))


def test_a_process_keeps_to_its_place() -> None:
    context = multiprocessing.get_context("spawn")
    answer: multiprocessing.SimpleQueue[tuple[set[int], str | None]] = context.SimpleQueue()
    cpu = min(os.sched_getaffinity(0))
    process = context.Process(target=_taken, args=(Place(frozenset({cpu}), gpu="7"), answer))
    process.start()
    assert answer.get() == ({cpu}, "7")
    process.join()
