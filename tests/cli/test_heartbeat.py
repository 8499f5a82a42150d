from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.app import create_bot
from bot.cli import heartbeat, main
from config.settings import Settings
from tests.world import World


def test_a_sign_of_life_is_read_as_it_was_written(tmp_path: Path) -> None:
    heartbeat.write(tmp_path / "data", well=True, detail="gpt2 loaded")
    assert heartbeat.read(tmp_path / "data") == (True, "gpt2 loaded")


def test_an_old_sign_is_none(tmp_path: Path) -> None:
    heartbeat.write(tmp_path, well=True, detail="gpt2 loaded")
    written = (tmp_path / heartbeat.NAME).stat().st_mtime
    well, detail = heartbeat.read(tmp_path, now=written + 3600)
    assert not well
    assert "seconds old" in detail


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"well": true, "detail": "x", "at": null}'])
def test_no_sign_or_half_a_sign_is_no_life(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / heartbeat.NAME).write_text(content)
    well, detail = heartbeat.read(tmp_path)
    assert not well
    assert str(tmp_path) in detail


async def test_a_bot_that_is_not_connected_is_not_well(tmp_path: Path) -> None:
    bot = create_bot(Settings(data_dir=tmp_path, model=None))
    well, detail = await heartbeat.state(bot)
    assert not well
    assert "not connected" in detail


async def test_a_folder_that_cannot_be_written_is_told_and_survived(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    bot = create_bot(Settings(data_dir=tmp_path))
    with capture_logs() as logs:
        beating = asyncio.create_task(heartbeat.beat(bot, tmp_path / "data", seconds=0))
        while not logs:
            await asyncio.sleep(0)
        beating.cancel()
        await asyncio.wait({beating})
    assert logs[0]["event"] == "no sign of life could be written"


@pytest.mark.parametrize(("well", "code"), [(True, 0), (False, 1)])
def test_the_health_check_answers_by_its_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], well: bool, code: int
) -> None:
    heartbeat.write(tmp_path, well=well, detail="gpt2 loaded")
    monkeypatch.setenv("TALELOOM_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["taleloom", "doctor", "--health"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == code
    assert capsys.readouterr().out == "gpt2 loaded\n"


async def test_a_bot_whose_model_is_ready_is_well(world: World) -> None:
    assert (await heartbeat.state(world.bot))[0]


async def test_a_bot_that_lost_its_connection_is_not_well(world: World) -> None:
    shard = world.bot.get_shard(0)
    assert shard
    await shard.disconnect()
    well, detail = await heartbeat.state(world.bot)
    assert not well
    assert "the connection to Discord is lost" in detail
    await shard.reconnect()
    assert (await heartbeat.state(world.bot))[0]
