"""A client that is generated from the document works as it stands: a bank writes no line of HTTP by hand."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from openapi_python_client import Config, generate
from openapi_python_client.config import ConfigFile, MetaType

from accounts import tokens
from api.document import document
from common import clock
from tests.api.operations import operations
from tests.office import Office

NAME = "bank_crm"
SCRIPT = """
from bank_crm import AuthenticatedClient
from bank_crm.api.leads import leads_create, leads_list
from bank_crm.api.me import me_retrieve
from bank_crm.models import Lead, LeadList, LeadNewRequest, Me


def first_lead(client: AuthenticatedClient, body: LeadNewRequest) -> str:
    me = me_retrieve.sync(client=client)
    assert isinstance(me, Me)
    made = leads_create.sync(client=client, body=body)
    assert isinstance(made, Lead)
    page = leads_list.sync(client=client, limit=1)
    assert isinstance(page, LeadList)
    return made.id.hex
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client's package in a folder of its own, made without a network and without a formatter."""
    root = tmp_path_factory.mktemp("client")
    source = root / "openapi.json"
    source.write_text(json.dumps(document("en")))
    options = ConfigFile(post_hooks=[], project_name_override=NAME, package_name_override=NAME)
    config = Config.from_sources(options, MetaType.NONE, source, "utf-8", True, root / NAME)
    troubles = [f"{one.header} {one.detail or ''}" for one in generate(config=config)]
    assert not troubles, "the document asks for what the generator cannot make"
    return root


@pytest.fixture(scope="module")
def client_package(folder: Path) -> Iterator[ModuleType]:
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


def part(path: str) -> Any:
    return importlib.import_module(f"{NAME}.{path}")


def test_every_operation_is_there(folder: Path) -> None:
    made = [path for path in (folder / NAME / "api").rglob("*.py") if path.name != "__init__.py"]
    assert len(made) == len(operations())


def test_a_program_that_uses_it_is_checked_by_its_types(folder: Path) -> None:
    """mypy knows what an answer holds; it is told apart from what the answer does not hold."""
    mypy = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir", str(folder / "cache")]
    (folder / "good.py").write_text(SCRIPT)
    (folder / "bad.py").write_text(SCRIPT.replace("made.id.hex", "made.no_such_field"))
    done = subprocess.run([*mypy, "good.py", "bad.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert '"Lead" has no attribute "no_such_field"' in done.stdout
    assert "good.py" not in done.stdout, done.stdout


@pytest.mark.django_db
def test_from_me_to_a_moved_lead(client_package: ModuleType, address: str, office: Office) -> None:
    issued = tokens.issue(account="site", scopes=["leads:read", "leads:write"], days=1, at=clock.now())
    client = client_package.AuthenticatedClient(base_url=address, token=issued.plain)
    models, leads = part("models"), "api.leads"

    me = part("api.me.me_retrieve").sync(client=client)
    assert me.token.scopes == ["leads:read", "leads:write"]

    made = [part(f"{leads}.leads_create").sync(client=client, body=new_lead(models, office)) for _ in range(3)]
    assert {lead.stage for lead in made} == {"contact"}

    move = part(f"{leads}.leads_moves_create")
    refused = move.sync(client=client, id=made[0].id, body=models.MoveNewRequest(to="meeting"))
    assert isinstance(refused, models.Problem)
    assert (refused.code, refused.errors[1].fact) == (
        "gate_closed",
        "meeting_held",
    )
    at = clock.now()
    facts = models.FactsRequest(meeting=models.MeetingFactRequest(planned_at=at, held_at=at))
    moved = move.sync(client=client, id=made[0].id, body=models.MoveNewRequest(to="meeting", facts=facts))
    assert (moved.to, moved.lead.stage) == ("meeting", "meeting")

    assert walked(part(f"{leads}.leads_list"), client) == {str(lead.id) for lead in made}


def new_lead(models: Any, office: Office) -> Any:
    contact = models.ContactRequest(type_=models.ContactRequestType("phone"), value=office.phone())
    return models.LeadNewRequest(kind=models.LeadNewRequestKind("agent"), name="Азиз Каримов", contacts=[contact])


def walked(operation: Any, client: Any) -> set[str]:
    """Every lead, a page of one at a time, by the cursor of ``next``."""
    seen, cursor = set(), part("types").UNSET
    for _page in range(10):
        page = operation.sync(client=client, limit=1, sort="created_at", cursor=cursor)
        seen |= {str(lead.id) for lead in page.data}
        if not page.next_:
            return seen
        cursor = parse_qs(urlsplit(page.next_).query)["cursor"][0]
    pytest.fail("the cursor leads on for ever")
