"""What a machine must have, said at once."""

from pathlib import Path

import pytest

from stack import install
from stack.settings import Refusal


def program(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def test_everything_missing_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal) as refusal:
        install.check_machine()
    for named in ("Rust", "Node.js 20", "C compiler", "https://rustup.rs"):
        assert named in str(refusal.value)


def test_what_is_too_old_is_named_with_both_versions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, says in (
        ("cargo", "cargo 1.80.0"),
        ("rustc", "rustc 1.80.0 (abc 2024-07-21)"),
        ("node", "v18.2.0"),
        ("npm", "9"),
        ("cc", "cc"),
    ):
        program(tmp_path, name, says)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(Refusal) as refusal:
        install.check_machine()
    assert "Rust 1.95 or newer, found 1.80" in str(refusal.value)
    assert "Node.js 20.0 or newer, found 18.2" in str(refusal.value)
    assert "C compiler" not in str(refusal.value)


def test_what_deploys_needs_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, says in (("node", "v22.12.0"), ("npm", "10")):
        program(tmp_path, name, says)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(install, "_version_of", lambda _command: (22, 12))
    install.check_machine(compiles=False)
    with pytest.raises(Refusal, match="Rust"):
        install.check_machine()
