"""The guide to incoming messages is true: both of its programs are run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from inbox.models import Arrival
from tests.api.conftest import address, kept_connection
from tests.inbox.post import System
from tests.office import Office

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "incoming.md"
__all__ = ["address", "kept_connection"]


def program(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="curl and openssl are not here")
@pytest.mark.parametrize("language", ["bash", "python"])
def test_a_message_signed_by_the_guide_s_program_is_believed(address: str, office: Office, language: str) -> None:
    system = System(office)
    hook = address + reverse("hook_inbox", args=[system.source.key])
    command = ["bash", "-c"] if language == "bash" else [sys.executable, "-c"]
    done = subprocess.run(
        [*command, program(language)],
        env=os.environ | {"HOOK": hook, "SECRET": system.secret, "no_proxy": "*"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("202", "")
    assert Arrival.objects.get().type in {"call.ended", "lead.upserted"}
