"""The bill of materials names what is locked, with its sums."""

import re

from tools.interpreter import ROOT
from tools.sbom import document


def test_every_locked_package_is_named_with_its_sums() -> None:
    found = {one["name"]: one for one in document()["components"]}
    locked = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[.*\])?==", (ROOT / "requirements" / "base.txt").read_text(), re.MULTILINE
    )
    assert {name.lower().replace("_", "-") for name in locked} <= set(found)
    assert found["django"]["purl"].startswith("pkg:pypi/django@5.2")
    assert found["htmx.org"]["hashes"][0]["alg"] == "SHA-512"
    assert all(one["hashes"] for one in found.values())


def test_what_only_tests_need_is_left_out() -> None:
    names = {one["name"] for one in document()["components"]}
    assert {"pytest", "axe-core"}.isdisjoint(names)
