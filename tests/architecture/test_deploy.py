"""What can be said of the production files without an engine to run them."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OURS = ("web", "worker", "beat", "migrate")


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_compose_keeps_to_its_specification(compose: dict[str, Any]) -> None:
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    schemas = Path(package.origin).parent / "builtin_schemas" / "vendor"
    jsonschema.validate(compose, json.loads((schemas / "compose-spec.json").read_text(encoding="utf-8")))


def test_no_secret_has_a_value_or_a_default(text: str) -> None:
    used = set(re.findall(r"\$\{([A-Z_]*(?:SECRET|PASSWORD)[A-Z_]*)([^}]*)\}", text))
    assert {name for name, _rest in used} >= {"SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert all(rest.startswith(":?") for _name, rest in used), used


def test_the_example_names_every_variable_that_must_be_set(text: str) -> None:
    example = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
    for name in set(re.findall(r"\$\{([A-Z_]+):\?", text)):
        assert re.search(rf"^{name}=$", example, re.MULTILINE), name


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_is_scaled_has_neither_a_name_nor_a_port_of_the_host(compose: dict[str, Any], name: str) -> None:
    assert {"container_name", "ports"}.isdisjoint(compose["services"][name])


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis"):
        assert services[name]["networks"] == ["inside"]


def test_uploads_lie_on_one_volume_for_all_of_ours(compose: dict[str, Any]) -> None:
    for name in OURS:
        assert "media:/data/media" in compose["services"][name]["volumes"], name


def test_every_volume_and_network_is_declared(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert set(service["networks"]) <= set(compose["networks"]), name
        named = {mount.split(":")[0] for mount in service.get("volumes", []) if mount[0] not in "./$"}
        assert named <= set(compose["volumes"]), name


def test_nothing_of_ours_starts_before_the_schema_is_there(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        wanted = compose["services"][name]["depends_on"]["migrate"]
        assert wanted == {"condition": "service_completed_successfully"}, name
    assert compose["services"]["migrate"]["restart"] == "no"


def test_whatever_is_waited_for_says_when_it_is_healthy(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in services[name], name


def test_the_broker_never_evicts_and_survives_a_restart(compose: dict[str, Any]) -> None:
    command = " ".join(compose["services"]["redis"]["command"])
    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes --appendfsync everysec" in command


def test_ours_run_without_rights(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
    assert re.search(r"^USER (?!0|root)", dockerfile(), re.MULTILINE)


def test_the_image_is_built_from_locks_and_for_production() -> None:
    text = dockerfile()
    installs = re.findall(r"pip install .*", text)
    assert installs
    assert all("--require-hashes" in install for install in installs)
    assert "npm ci" in text
    assert "DJANGO_SETTINGS_MODULE=salescrm.settings.prod" in text


def test_neither_the_history_nor_anybodys_secrets_get_into_the_image() -> None:
    left_out = set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    assert {".git", ".env", ".env.*", ".data"} <= left_out


def test_files_named_by_the_deployment_exist(text: str, compose: dict[str, Any]) -> None:
    named = set(re.findall(r"(?<![\w.])\./(deploy/[\w./-]+)", text)) | {
        "deploy/gunicorn.conf.py",
        "deploy/probe.py",
    }
    for name in named - {"deploy/certs"}:
        assert (ROOT / name).exists(), name


def test_the_keeper_knows_what_the_containers_ask_of_it(compose: dict[str, Any]) -> None:
    source = (ROOT / "runner" / "keep.py").read_text(encoding="utf-8")
    for name in ("worker", "beat", "relay"):
        command = compose["services"][name]["command"]
        assert command[:3] == ["python", "-m", "runner.keep"]
        assert f'"{command[3]}"' in source
