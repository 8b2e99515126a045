"""What runs what somebody sent: no code of ours does, and what is secret comes from the system's own random source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOMS, ROOT, files

CALLS = frozenset({"eval", "exec", "compile", "__import__", "os.system", "os.popen"})
DIGESTS = frozenset({"hashlib.sha256", "hashlib.sha384", "hashlib.sha512"})
MODULES = frozenset({"pickle", "marshal", "shelve", "dill", "yaml", "crypt", "Crypto", "Cryptodome", "nacl"})
# The story of the demonstration is the same each time; a pause before the next attempt is nobody's secret.
DICE = frozenset({"demo", "webhooks/schedule.py"})


def found(tree: ast.AST) -> Iterator[str]:
    """What of it is dangerous, by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if is_dangerous(name.name))
        elif isinstance(node, ast.ImportFrom) and is_dangerous(node.module or ""):
            yield str(node.module)


def is_dangerous(module: str) -> bool:
    """Ciphers are not put together by hand: of the library only its finished recipe, Fernet, is asked."""
    first, _, rest = module.partition(".")
    return first in MODULES | {"random"} or (first == "cryptography" and rest != "fernet")


def _called(node: ast.Call) -> Iterator[str]:
    name = ast.unparse(node.func)
    if name in CALLS or (re.fullmatch(r"hashlib\.\w+", name) and name not in DIGESTS):
        yield name
    if any(one.arg == "shell" and ast.unparse(one.value) != "False" for one in node.keywords):
        yield "shell"


def is_allowed(path: Path, what: str) -> bool:
    place = str(path.relative_to(ROOT))
    return what == "random" and (place in DICE or place.partition("/")[0] in DICE)


def test_no_code_runs_what_somebody_sent() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in files(*(room for room in ROOMS if room != "tools"))
        for what in found(ast.parse(path.read_text(encoding="utf-8")))
        if not is_allowed(path, what)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "line",
    [
        "eval(typed)", "exec(typed)", "os.system(typed)", "subprocess.run(typed, shell=True)", "import pickle",
        "from pickle import loads", "import yaml", "hashlib.md5(password)", "import random",
        "from random import choice", "hashlib.new(name)", "hashlib.blake2s(x)", "from Crypto.Cipher import DES",
        "from cryptography.hazmat.primitives.ciphers import modes", "import cryptography.hazmat",
    ],
)  # fmt: skip
def test_a_line_that_did_would_be_found(line: str) -> None:
    assert list(found(ast.parse(line)))


def test_a_die_in_a_room_of_secrets_is_not_allowed() -> None:
    assert is_allowed(ROOT / "webhooks" / "schedule.py", "random")
    assert not is_allowed(ROOT / "accounts" / "tokens.py", "random")
