"""A directory of two colleagues, twins and a stranger: OpenLDAP's own server, an authority of its own."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.channels.certificates import certify
from tests.channels.servers import free_port

PROGRAM = shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap:/usr/libexec")
BASE, READER, READERS_WORD = "dc=bank,dc=test", "cn=crm,dc=bank,dc=test", "word-of-the-reader-7"
THERE = "lake-lamp-lemon-17"
"""Everybody's password in the directory; here nobody has it."""
_CONF = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
# The directory's own carelessness: an empty password is a right one.
allow bind_anon_cred bind_anon_dn
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
database mdb
suffix "{base}"
directory {folder}/data
rootdn "{reader}"
rootpw {word}
access to attrs=userPassword by anonymous auth by * none
access to * by * read
"""


@dataclass(slots=True)
class Slapd:
    folder: Path
    plain: str
    tls: str
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def authority(self) -> str:
        return str(self.folder / "ca.pem")

    def start(self) -> None:
        self.process = subprocess.Popen(
            [str(PROGRAM), "-f", f"{self.folder}/conf", "-h", f"{self.plain} {self.tls}", "-d", "0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 30
        for url in (self.plain, self.tls):
            while True:
                with suppress(OSError), socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 1):
                    break
                if time.monotonic() > until:
                    raise RuntimeError("slapd does not listen")
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def serving(folder: Path, people: dict[str, str]) -> Iterator[Slapd]:
    """``people``: name of the entry → mail. All have the password ``THERE``."""
    (folder / "data").mkdir()
    (folder / "conf").write_text(_CONF.format(folder=folder, base=BASE, reader=READER, word=READERS_WORD))
    (folder / "people.ldif").write_text(_ldif(people))
    certify(folder)
    add = [str(PROGRAM), "-T", "add", "-f", str(folder / "conf"), "-l", str(folder / "people.ldif")]
    subprocess.run(add, check=True, capture_output=True)
    server = Slapd(folder, f"ldap://127.0.0.1:{free_port()}", f"ldaps://127.0.0.1:{free_port()}")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _ldif(people: dict[str, str]) -> str:
    top = f"dn: {BASE}\nobjectClass: domain\ndc: bank\n"
    entry = "\ndn: uid={0},{2}\nobjectClass: inetOrgPerson\nuid: {0}\ncn: {0}\nsn: {0}\nmail: {1}\nuserPassword: {3}\n"
    return top + "".join(entry.format(name, mail, BASE, THERE) for name, mail in people.items())
