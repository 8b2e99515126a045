"""Writes the hashed locks. They name no registry, so each machine uses the one it is set up for."""

from __future__ import annotations

import subprocess
import sys

from tools.interpreter import REQUIREMENTS, ROOT, VENV

# In this order: each is held to the versions of those before it.
NAMES = ("base", "dev", "uv", "node")
OPTIONS = ["--universal", "--generate-hashes", "--no-emit-index-url", "--python-version", "3.11", "--quiet"]


def main(arguments: list[str]) -> int:
    for name in NAMES:
        source, target = (str((REQUIREMENTS / f"{name}.{kind}").relative_to(ROOT)) for kind in ("in", "txt"))
        command = [str(VENV / "bin" / "uv"), "pip", "compile", source, "-o", target, *OPTIONS]
        command += ["--custom-compile-command", "make lock", *arguments]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
