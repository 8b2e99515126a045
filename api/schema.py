"""The OpenAPI 3.1 document: made from the views, finished by hand where the framework cannot know."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.utils import OpenApiParameter

from api.permissions import scopes_of
from api.retiring import deprecated_of
from api.writes import DRY_RUN, KEY_HEADER, KEY_LENGTH

SUMMARIES = {
    "list": _("Список"),
    "retrieve": _("Одна запись"),
    "create": _("Создать"),
    "partial_update": _("Изменить"),
}
ABOUT = _(
    "Ключ передаётся в заголовке Authorization: Bearer crm_…; право каждой операции названо под ней. "
    "Списки отдаются по курсору: идите по next, пока он не null. Изменение требует ETag в If-Match. "
    "Ошибки — application/problem+json: code для программ, detail для людей, errors указывает место в запросе. "
    "Неизвестные поля и параметры не пропускаются, а называются. "
    "Без права pii:read имена, контакты и номера людей скрыты (А… К…, +998 ** *** ** 67), искать и "
    "упорядочивать по ним нельзя: 403 scope_missing. "
    "Сколько обращений осталось ключу, говорит RateLimit; сверх предела — 429 и Retry-After."
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "fact": {"type": "string"},
                },
            },
        },
        "scope": {"type": "string"},
        "existing": {
            "type": "object",
            "required": ["id", "href"],
            "properties": {"id": {"type": "string", "format": "uuid"}, "href": {"type": "string"}},
        },
    },
}
ALWAYS = ("400", "401", "403", "429", "503")
MORE = "x-statuses"
"""Further statuses of an operation, by ``extend_schema(extensions={MORE: ["410"]})``."""
OF_A_WRITE = ("409", "412", "413", "415", "422")
LIMITS: dict[str, Any] = {
    "RateLimit": {
        "schema": {"type": "string", "examples": ['"default";r=599;t=42']},
        "description": _("Обращений осталось (r) на столько секунд (t); только ключам."),
    },
    "RateLimit-Policy": {
        "schema": {"type": "string", "examples": ['"default";q=600;w=60']},
        "description": _("Сколько обращений (q) за сколько секунд (w) позволено ключу."),
    },
}
RETRY: dict[str, Any] = {
    "Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": _("Через сколько секунд повторить.")}
}
_ETAG = {"ETag": {"schema": {"type": "string"}, "description": '"<version>-<digest>"'}}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "crm_<env>_<key>.<secret>"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class AutoSchema(SpectacularSchema):
    """Summaries, tags, the parameters that every reading takes, and the scope that an operation asks for."""

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "basename", None) or self._tokenize_path()[0]]

    def get_summary(self) -> Any:
        return SUMMARIES.get(getattr(self.view, "action", ""))

    def get_description(self) -> str:  # type: ignore[override]
        return " ".join(f"`{scope}`" for scope in scopes_of(self.view, writes=self.method != "GET"))

    def is_deprecated(self) -> bool:
        return deprecated_of(self.view) is not None

    def get_override_parameters(self) -> list[Any]:
        shape = getattr(self.view, "shape", None)
        if getattr(self.view, "action", "") not in {"list", "retrieve"} or shape is None:
            return []
        named = {"fields": list(shape().fields), "expand": list(getattr(shape, "expandable", ()))}
        return [_names(parameter, names) for parameter, names in named.items() if names]

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        return str(super().get_serializer_name(serializer, direction)).replace("Shape", "")

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """A shape's own words for its example travel with its schema; ``api.examples`` takes them out again."""
        schema = super()._map_basic_serializer(serializer, direction)
        declared = getattr(serializer, "example", None)
        return schema | {"x-example": declared} if declared else schema

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}List"

    def _is_list_view(self, serializer: Any = None) -> bool:
        return getattr(self.view, "action", None) == "list"


def _names(parameter: str, names: list[str]) -> OpenApiParameter:
    """Some of these names, with commas between."""
    # A pattern of all fields' names says no more and makes the document heavy for whoever generates from it.
    one = f"({'|'.join(names)})"
    schema = {"type": "string", **({"pattern": f"^{one}(,{one})*$"} if parameter == "expand" else {})}
    shown = ", ".join(names)
    return OpenApiParameter(name=parameter, location=OpenApiParameter.QUERY, type=schema, description=shown)


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Problems of every operation, closed request objects, ETags, and shapes that ``?fields=`` may thin out."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    result["info"]["description"] = str(ABOUT)
    schemas["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    result["components"]["headers"] = {
        name: header | {"description": str(header["description"])} for name, header in (LIMITS | RETRY).items()
    }
    result["components"]["responses"] = {
        "Problem": {"description": "RFC 9457", "headers": _named(LIMITS), "content": content},
        "TooMany": {"description": "RFC 9457", "headers": _named(LIMITS | RETRY), "content": content},
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _finish_operation(path, method, operation)
    for name, schema in schemas.items():
        if name.endswith("Request"):
            schema["additionalProperties"] = False
        if "expanded" in schema.get("properties", {}):
            schema["required"] = ["id"]
    return result


def _finish_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    statuses = [*ALWAYS, *operation.pop(MORE, ())]
    if "{" in path or method == "post":  # what a kept answer shows may be out of sight by now
        statuses.append("404")
    if method != "get":
        statuses += OF_A_WRITE
        operation.setdefault("parameters", []).extend(_of_a_write(method))
    if method in {"patch", "delete"}:
        statuses.append("428")
        operation.setdefault("parameters", []).append(_header("If-Match", required=True))
    elif method in {"post", "put"} and "{" in path:
        operation.setdefault("parameters", []).append(_header("If-Match", required=False))
    names = {p["name"] for p in operation.get("parameters", ())}
    if method == "get" and "{" in path and "fields" in names:
        operation["parameters"].append(_header("If-None-Match", required=False))
        responses["304"] = {"description": "Not modified", "headers": _ETAG}
    for answer in responses.values():
        if "$ref" not in answer:
            answer["headers"] = _named(LIMITS) | answer.get("headers", {})
    for status in statuses:
        name = "TooMany" if status == "429" else "Problem"
        responses.setdefault(status, {"$ref": f"#/components/responses/{name}"})


def _named(headers: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}


def _of_a_write(method: str) -> list[dict[str, Any]]:
    """What ``api.writes`` takes from every write."""
    trial = {"name": DRY_RUN, "in": "query", "required": False, "schema": {"type": "boolean", "default": False}}
    found: list[dict[str, Any]] = [
        trial | {"description": str(_("Только проверить: ответ тот же, не остаётся ничего."))}
    ]
    if method == "post":
        key = _header(KEY_HEADER, required=False)
        key["schema"] |= {"minLength": 1, "maxLength": KEY_LENGTH, "pattern": "^[!-~]+$"}
        about = _("Свой номер запроса: повтор с тем же телом в течение 7 дней получит первый ответ.")
        found.append(key | {"description": str(about)})
    return found


def _header(name: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": {"type": "string"}}
