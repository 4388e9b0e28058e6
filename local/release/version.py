"""The version: one for the whole workspace, as Cargo.toml has it."""

import json
import re
import tomllib
from pathlib import Path

from stack.settings import Refusal

SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
NOT_OURS = {"node_modules", "target", ".tools", ".local", "cdk.out"}


def without_v(text: str) -> str:
    """`v1.2.3` and `1.2.3` are the same release."""
    version = text.removeprefix("v")
    if SEMANTIC.fullmatch(version) is None:
        raise Refusal(f"{text} is no version: say it as 1.2.3 or v1.2.3")
    return version


def version_of(checkout: Path) -> str:
    return _toml(checkout / "Cargo.toml")["workspace"]["package"]["version"]


def versions_in(checkout: Path) -> dict[str, str]:
    """Each place that states a version of ours, and which."""
    cargo = checkout / "Cargo.toml"
    stated = {"Cargo.toml": version_of(checkout)}
    ours = set()
    for member in _toml(cargo)["workspace"]["members"]:
        package = _toml(checkout / member / "Cargo.toml")["package"]
        ours.add(package["name"])
        # Most say `version.workspace = true`.
        if isinstance(version := package["version"], str):
            stated[f"{member}/Cargo.toml"] = version
    for package in _toml(checkout / "Cargo.lock")["package"]:
        if package["name"] in ours and "source" not in package:
            stated[f"Cargo.lock, {package['name']}"] = package["version"]
    for path in sorted(checkout.glob("*/package.json")):
        if not NOT_OURS & set(path.relative_to(checkout).parts) and "version" in (package := _json(path)):
            stated[str(path.relative_to(checkout))] = package["version"]
    return stated


def set_version(checkout: Path, version: str) -> None:
    """In Cargo.toml and for our packages in Cargo.lock; what depends on others stays locked as it is."""
    before = version_of(checkout)
    manifest = checkout / "Cargo.toml"
    text = manifest.read_text()
    changed = re.sub(rf'(\[workspace\.package\]\nversion = )"{re.escape(before)}"', rf'\g<1>"{version}"', text, count=1)
    if changed == text and before != version:
        raise Refusal('Cargo.toml does not begin its [workspace.package] with version = "…"')
    manifest.write_text(changed)
    lock = checkout / "Cargo.lock"
    ours = {place.removeprefix("Cargo.lock, ") for place in versions_in(checkout) if place.startswith("Cargo.lock, ")}
    text = lock.read_text()
    for name in ours:
        text = text.replace(f'name = "{name}"\nversion = "{before}"\n', f'name = "{name}"\nversion = "{version}"\n', 1)
    lock.write_text(text)


def _toml(path: Path) -> dict:
    return tomllib.loads(path.read_text())


def _json(path: Path) -> dict:
    return json.loads(path.read_text())
