"""The integrator's guide is true: its commands are run as they stand, and answer what it says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from accounts import tokens
from common import clock
from tests.office import Office

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "integration.md"
TELL_STATUS = "curl() { command curl -sS -w '%{stderr}%{http_code}\\n' \"$@\"; }\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide speaks in curl, which is not installed here")
def test_every_command_of_the_guide_answers_as_it_says(address: str, office: Office) -> None:
    issued = tokens.issue(account="site", scopes=["leads:read", "leads:write"], days=1, at=clock.now())
    blocks = re.findall(r"^```sh\n# ([\d ]+)\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 8
    script = TELL_STATUS + "set -e\n" + "".join(commands for _statuses, commands in blocks)
    done = subprocess.run(
        ["bash", "-c", script],
        env=os.environ | {"CRM": address, "TOKEN": issued.plain, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    told = [status for statuses, _commands in blocks for status in statuses.split()]
    assert done.stderr.split() == told, done.stderr + done.stdout
    assert '"stage":"meeting"' in done.stdout
    assert '"base":"Ярмарка"' in done.stdout
