"""What the product is made of, as CycloneDX 1.6 on standard output: `python -m tools.sbom`.

Read from the locks alone, so that it needs no network and is the same on every machine.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from tools.interpreter import ROOT

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components() -> Iterator[dict[str, Any]]:
    yield from _python((ROOT / "requirements" / "base.txt").read_text(encoding="utf-8"))
    yield from _scripts(json.loads((ROOT / "assets" / "package-lock.json").read_text(encoding="utf-8")))


def _python(lock: str) -> Iterator[dict[str, Any]]:
    for entry in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if found := _PIN.match(entry):
            name, version = found[1].lower().replace("_", "-"), found[2]
            yield _component(
                name, version, f"pkg:pypi/{name}@{version}",
                [{"alg": "SHA-256", "content": one} for one in _HASH.findall(entry)], "required",
            )  # fmt: skip


def _scripts(lock: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All of them only build what browsers get; ``dev`` ones only test it and are left out."""
    for place, about in sorted(lock["packages"].items()):
        name = place.rpartition("node_modules/")[2]
        if name and not about.get("dev"):
            kind, _dash, value = about["integrity"].partition("-")
            digest = {"alg": kind.upper().replace("SHA", "SHA-"), "content": base64.b64decode(value).hex()}
            address = f"pkg:npm/{name.replace('@', '%40')}@{about['version']}"
            yield _component(name, about["version"], address, [digest], "optional")


def _component(name: str, version: str, address: str, hashes: list[dict[str, str]], scope: str) -> dict[str, Any]:
    return {
        "type": "library", "bom-ref": address, "name": name, "version": version, "purl": address, "scope": scope,
        "hashes": hashes,
    }  # fmt: skip


def document() -> dict[str, Any]:
    found = {one["bom-ref"]: one for one in components()}
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "name": "salescrm", "bom-ref": "salescrm"}},
        "components": list(found.values()),
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1)
    print()
