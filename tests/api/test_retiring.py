"""What is to go says so on every answer and in the document; what stays says nothing."""

from datetime import date

import pytest
from django.test import Client
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Answering
from api.retiring import Deprecated
from api.v1.urls import RESOURCES
from tests.api.contract import Api

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
SAID = Deprecated(since=date(2027, 1, 1), sunset=date(2027, 7, 1), instead="/api/v1/leads/")


class Old(Answering):
    basename = "old"
    deprecated = SAID

    def get(self, request: Request) -> Response:
        return Response({})


class OldList(RESOURCES["stages"]):
    """Only the list is to go."""

    deprecated = Deprecated(since=date(2027, 1, 1), actions=frozenset({"list"}))


urlpatterns = [
    path("old/", Old.as_view()),
    path("old-stages/", OldList.as_view({"get": "list"}, basename="stages")),
    path("old-stages/<str:pk>/", OldList.as_view({"get": "retrieve"}, basename="stages")),
    path("", include("salescrm.urls")),
]


def test_every_answer_names_the_days_and_what_to_use_instead(api: Api) -> None:
    for token, status in ((api.token, 200), ("crm_x.y", 401)):
        answer = Client().get("/old/", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status
        assert answer["Deprecation"] == "@1798761600"
        assert answer["Sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"
        assert answer["Link"] == '</api/v1/leads/>; rel="successor-version"'


def test_one_action_may_go_and_the_others_stay(api: Api) -> None:
    listed = api.get("/old-stages/")
    assert listed["Deprecation"] == "@1798761600"
    assert "Sunset" not in listed
    assert "Deprecation" not in api.get(f"/old-stages/{listed.json()['data'][0]['id']}/")


def test_what_stays_says_nothing(api: Api) -> None:
    assert "Deprecation" not in api.get("me/")


def test_the_document_marks_what_is_to_go() -> None:
    paths = SchemaGenerator(patterns=urlpatterns[:3]).get_schema(request=None, public=True)["paths"]
    assert paths["/old/"]["get"]["deprecated"] is True
    assert paths["/old-stages/"]["get"]["deprecated"] is True
    assert "deprecated" not in paths["/old-stages/{id}/"]["get"]
