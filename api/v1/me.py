"""Who am I: the account, the token, what it may do and until when."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from accounts.roles import Role
from api.fields import Moment, Ref
from api.filtering import check_parameters
from api.resources import Answering


class AccountShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.values)
    team = Ref(allow_null=True)


class TokenShape(serializers.Serializer[Any]):
    """The public part only; the secret was shown once."""

    key = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    addresses = serializers.ListField(child=serializers.CharField(), help_text=_("Сети, с которых ключ принимается"))
    expires_at = Moment()
    old_secret_until = Moment(allow_null=True, help_text=_("До этого времени принимается и прежний секрет"))
    last_used_at = Moment(allow_null=True)


class MeShape(serializers.Serializer[Any]):
    account = AccountShape()
    token = TokenShape(allow_null=True)


class Me(Answering):
    basename = "me"

    @extend_schema(summary=_("Учётная запись и ключ"), responses=MeShape)
    def get(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        token = request.auth if isinstance(request.auth, ApiToken) else None
        return Response(MeShape({"account": request.user, "token": token}).data)
