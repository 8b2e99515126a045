"""Made-up requests against the document: none may break the server or answer what is not documented."""

import itertools
import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from salescrm.wsgi import application
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
# Few and always the same in the suite; a nightly run may ask for more, and then they are random.
EXAMPLES = int(os.environ.get("API_FUZZ_EXAMPLES", "4"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DETERMINED = settings(
    max_examples=EXAMPLES,
    derandomize="API_FUZZ_EXAMPLES" not in os.environ,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def real_ids(office: Office) -> dict[str, str]:
    """Ids that exist, so that the made-up bodies get past the door."""
    lead, client = office.lead(), office.lead(kind="client")
    return {
        "leads": str(lead.pk),
        "agents": str(lead.party_id),
        "clients": str(client.party_id),
        "segments": str(office.segment.pk),
        "initiatives": str(office.initiative.pk),
        "products": str(office.product.pk),
        "utps": str(office.utp.pk),
        "stages": str(office.stage("contact").pk),
    }


def hammer(operation: Any, mode: GenerationMode, headers: dict[str, str], ids: dict[str, str]) -> None:
    every_second = itertools.cycle([True, False])

    @DETERMINED
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        noun = operation.path.split("/")[3]
        if "{id}" in operation.path and noun in ids and next(every_second):
            case.path_parameters = {"id": ids[noun]}
        sent = headers | ({"If-Match": "*"} if operation.method.lower() == "patch" else {})
        case.validate_response(case.call(headers=sent), checks=CHECKS)

    run()


@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_made_up_requests_break_nothing(api: Api, office: Office, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    ids, headers = real_ids(office), {"Authorization": f"Bearer {api.token}"}
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 30
    for operation in operations:
        hammer(operation, mode, headers, ids)
