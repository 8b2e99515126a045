import stat
from pathlib import Path

import pytest

from runner import ports, state
from runner.binaries import BinaryMissing, find_postgres, find_valkey
from runner.identity import Identity, place_for_data, reachable_copy
from runner.launch import LaunchFailed, choose_port
from runner.postgres import locale_flags

URLS = {"database_url": "postgresql://a:b@127.0.0.1:5/c", "redis_url": "redis://:d@127.0.0.1:6/0"}


def test_addresses_are_read_back_and_hidden_from_others(tmp_path: Path) -> None:
    state.write_urls(tmp_path, URLS)
    assert state.read_urls(tmp_path) == URLS
    assert stat.S_IMODE(state.services_file(tmp_path).stat().st_mode) == 0o600
    state.forget_urls(tmp_path)
    assert state.read_urls(tmp_path) == {}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"other": "x"}', '{"redis_url": ""}'])
def test_a_broken_state_file_counts_as_none(tmp_path: Path, text: str) -> None:
    state.services_file(tmp_path).parent.mkdir()
    state.services_file(tmp_path).write_text(text)
    assert state.read_urls(tmp_path) == {}


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    first = state.keep_secret(tmp_path, "postgres")
    assert state.keep_secret(tmp_path, "valkey") != first
    assert state.keep_secret(tmp_path, "postgres") == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_second_runner_learns_where_the_first_serves(tmp_path: Path) -> None:
    with state.hold(tmp_path):
        state.announce(tmp_path, address="http://localhost:8123/")
        with pytest.raises(state.AlreadyRunning) as caught, state.hold(tmp_path):
            pass
        assert caught.value.about["address"] == "http://localhost:8123/"
    with state.hold(tmp_path):
        pass


def test_a_taken_port_gives_way_only_when_nobody_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with ports.socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.free_port(port) != port
        with pytest.raises(LaunchFailed, match="taken"):
            choose_port(str(port))
        monkeypatch.setattr("runner.launch.DEFAULT_PORT", port)
        assert choose_port("") != port


def test_a_port_must_be_a_number() -> None:
    with pytest.raises(LaunchFailed, match="must be a number"):
        choose_port("eighty")


def test_ports_are_tried_in_order() -> None:
    first, second = ports.free_port(), ports.free_port()
    assert ports.free_port(first, second) == first


def test_every_supported_version_gets_its_locale() -> None:
    assert "--builtin-locale=PG_UNICODE_FAST" in locale_flags(18)
    assert "--builtin-locale=C.UTF-8" in locale_flags(17)
    assert "--locale-provider=icu" in locale_flags(15)


def test_programs_out_of_reach_are_copied_once_with_their_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, place = tmp_path / "site", tmp_path / "place"
    for name in ("package/bin", "package.libs", "stranger"):
        (site / name).mkdir(parents=True)
    (site / "package" / "bin" / "postgres").write_text("x")
    place.mkdir()
    monkeypatch.setattr(Identity, "can_enter", lambda _self, _path: False)
    trees = ("package/bin", "package.libs", "missing.libs")
    copy = reachable_copy(site, trees, label="postgresql-1", place=place, identity=Identity())
    assert (copy / "package" / "bin" / "postgres").read_text() == "x"
    assert sorted(path.name for path in copy.iterdir()) == ["package", "package.libs"]
    assert reachable_copy(site, trees, label="postgresql-1", place=place, identity=Identity()) == copy
    assert [path.name for path in place.iterdir()] == ["postgresql-1"]


def test_data_moves_to_a_shared_place_when_the_account_cannot_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.identity.SHARED_PLACE", tmp_path / "shared")
    assert place_for_data(tmp_path / "data", Identity()) == tmp_path / "data"
    monkeypatch.setattr(Identity, "can_enter", lambda _self, _path: False)
    place = place_for_data(tmp_path / "data", Identity())
    assert place.parent == tmp_path / "shared"
    assert place_for_data(tmp_path / "other", Identity()) != place


def test_missing_programs_are_told_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.binaries.site_of", lambda _name: None)
    monkeypatch.setattr("runner.binaries.DEBIAN_PLACE", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BinaryMissing, match="Set DATABASE_URL"):
        find_postgres(tmp_path, Identity())
    with pytest.raises(BinaryMissing, match="Set REDIS_URL"):
        find_valkey(tmp_path, Identity())
