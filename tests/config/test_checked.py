"""TOML files that an operator may edit."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from config.checked import read_toml


def test_a_file_from_an_editor_of_windows_is_read(tmp_path: Path) -> None:
    file = tmp_path / "voices.toml"
    file.write_text('name = "狐狸"\n', encoding="utf-8-sig")
    assert read_toml(file, TypeAdapter(dict[str, str])) == {"name": "狐狸"}
