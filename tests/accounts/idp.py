"""A small sign-in service that lies as it is told to: one port, one key pair, one code an authorization."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "crm", "only-for-tests-" + "s" * 20
Claims = dict[str, Any]


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Provider:
    """``twist`` changes the claims, ``sign`` makes the token of them; both tell the truth unless a test says else."""

    key: rsa.RSAPrivateKey
    issuer: str = ""
    subject: str = "person-1"
    mail: str = ""
    twist: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] | None = None
    asked: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    kid: str = "k1"
    keys_asked: int = 0
    """How often somebody came for the public keys."""

    @property
    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def keys(self) -> Claims:
        self.keys_asked += 1
        return {"keys": [json.loads(RSAAlgorithm.to_jwk(self.key.public_key())) | {"kid": self.kid, "use": "sig"}]}

    def roll(self) -> None:
        """From now on another key of another name, and nothing more of the former one."""
        self.key, self.kid = rsa.generate_private_key(public_exponent=65537, key_size=2048), "k2"

    def authorize(self, address: str) -> str:
        """What the browser would be sent back with: the query of the callback."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_hex(8)
        self.codes[code] = self.asked
        return f"code={code}&state={self.asked['state']}"

    def token(self, sent: dict[str, str], who: str) -> tuple[int, Claims]:
        asked = self.codes.pop(sent.get("code", ""), None)
        shown = b64(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        # As services do: whoever asked without a challenge is asked for no proof.
        if asked is None or asked.get("code_challenge", shown) != shown or who != f"{CLIENT}:{SECRET}":
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": self.subject, "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": asked["nonce"], "email": self.mail, "email_verified": True, "name": "Somebody",
        }  # fmt: skip
        token = (self.sign or self.rs256)(self.twist(claims))
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": token}

    def rs256(self, claims: Claims, kid: str = "") -> str:
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": kid or self.kid})

    def hs256_by_public_key(self, claims: Claims) -> str:
        """The classic swap: the public key taken for a shared secret."""
        head = b64(json.dumps({"alg": "HS256", "typ": "JWT", "kid": self.kid}).encode())
        body = b64(json.dumps(claims).encode())
        signature = hmac.new(self.public_pem, f"{head}.{body}".encode(), hashlib.sha256).digest()
        return f"{head}.{body}.{b64(signature)}"

    def none(self, claims: Claims) -> str:
        return f"{b64(json.dumps({'alg': 'none', 'typ': 'JWT'}).encode())}.{b64(json.dumps(claims).encode())}."

    def unsigned(self, claims: Claims) -> str:
        """Calls itself signed, and is not."""
        return self.rs256(claims).rpartition(".")[0] + "."


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            return

        def _answer(self, status: int, body: Claims) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_GET(self) -> None:
            if self.path.endswith("/keys"):
                self._answer(200, provider.keys())
                return
            base = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
            ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            self._answer(200, {"issuer": provider.issuer, **{name: base + path for name, path in ends.items()}})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            sent = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            scheme, _space, word = self.headers.get("Authorization", "").partition(" ")
            who = base64.b64decode(word).decode() if scheme == "Basic" else ""
            self._answer(*provider.token(sent, who))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = provider.issuer or f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
