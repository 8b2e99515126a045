"""The integrator's guide is true: its commands are run as they stand, and answer what it says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from accounts import tokens
from common import clock
from tests.office import Office

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "integration.md"
TELL_STATUS = "curl() { command curl -sS -w '%{stderr}%{http_code}\\n' \"$@\"; }\n"


def run(command: list[str], address: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    issued = tokens.issue(account="site", scopes=tokens.SCOPES, days=1, at=clock.now())
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"CRM": address, "TOKEN": issued.plain, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide speaks in curl, which is not installed here")
def test_every_command_of_the_guide_answers_as_it_says(address: str, office: Office, tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n# ([\d ]+)\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 8
    script = TELL_STATUS + "set -e\n" + "".join(commands for _statuses, commands in blocks)
    done = run(["bash", "-c", script], address, tmp_path)
    told = [status for statuses, _commands in blocks for status in statuses.split()]
    assert done.stderr.split() == told, done.stderr + done.stdout
    assert '"stage":"meeting"' in done.stdout
    assert '"base":"Ярмарка"' in done.stdout


def programs() -> tuple[str, list[str]]:
    """The guide's Python as one program, and what it says it prints: the lines that begin with ``# >``."""
    source = "\n".join(re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL))
    return source, re.findall(r"^# > (.*)$", source, re.MULTILINE)


def test_every_program_of_the_guide_prints_what_it_says(address: str, office: Office, tmp_path: Path) -> None:
    source, told = programs()
    done = run([sys.executable, "-I", "-c", source], address, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == told
    assert len(told) >= 4


def test_the_guide_leads_to_the_other_pages() -> None:
    links = re.findall(r"\]\((?!https:)([^)#]+)\)", GUIDE.read_text())
    assert {"errors.md", "api-changelog.md"} <= set(links)
    assert not [link for link in links if not (GUIDE.parent / link).exists()]
