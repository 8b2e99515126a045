"""The embedded Valkey, which speaks Redis' protocol: the broker's and the cache's server."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from pathlib import Path

from runner.identity import Identity
from runner.ports import free_port
from runner.postgres import ServiceFailed, tail
from runner.processes import Child, Program

START_TRIES = 3
PREFERRED_PORT = 63790


@dataclass(frozen=True)
class Valkey:
    data: Path
    log: Path
    binary: str
    password: str
    identity: Identity = Identity()
    durable: bool = True

    def start(self) -> tuple[Child, str]:
        """The running server and its address, which a restart of the same program keeps."""
        self.identity.make_dir(self.data)
        for _ in range(START_TRIES):
            port = free_port(PREFERRED_PORT)
            child = Child(self.program(port))
            if self._wait_until_ready(child, port):
                return child, f"redis://:{self.password}@127.0.0.1:{port}/0"
        raise ServiceFailed(f"Valkey does not start:\n{tail(self.log)}")

    def program(self, port: int) -> Program:
        return Program(
            name="valkey",
            command=(self.binary, str(self._write_config(port))),
            log=self.log,
            identity=self.identity,
            stop_seconds=20,
        )

    def _write_config(self, port: int) -> Path:
        """A file, not arguments: those would show the password to every account of the machine."""
        keep = 'appendonly yes\nappendfsync everysec\nsave ""' if self.durable else 'appendonly no\nsave ""'
        config = self.data / "valkey.conf"
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {self.password}\ndir {self.data}\n"
            f"maxmemory-policy noeviction\ndaemonize no\n{keep}\n",
            encoding="utf-8",
        )
        self.identity.own(config, 0o600)
        return config

    def _wait_until_ready(self, child: Child, port: int) -> bool:
        """PING with our password: a stranger on the same port would refuse it, one still loading says so."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if child.exit_code() is not None:
                return False
            if self._answers(port):
                return True
            time.sleep(0.02)
        child.stop()
        return False

    def _answers(self, port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < len(("AUTH", "PING")):
                    part = connection.recv(256)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"
