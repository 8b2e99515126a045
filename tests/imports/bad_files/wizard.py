"""A file through the real pages of the wizard, from the upload to the report; and what it cost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agents.models import Party
from imports.models import Import
from leads.models import Lead
from tests.imports.desk import fresh, settle

Answer = object


@dataclass
class Cost:
    """Peak of this process's memory over what it was, in MB, and seconds of its work."""

    megabytes: float = 0.0
    seconds: float = 0.0


def _memory(line: str) -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(row.split()[1]) / 1024 for row in status.splitlines() if row.startswith(f"{line}:"))


@contextmanager
def measured(cost: Cost) -> Iterator[None]:
    Path("/proc/self/clear_refs").write_text("5")  # begin the high-water mark anew
    before, started = _memory("VmRSS"), time.process_time()
    yield
    cost.megabytes = max(cost.megabytes, _memory("VmHWM") - before)
    cost.seconds += time.process_time() - started


@dataclass
class Wizard:
    client: Client
    fields: dict[str, str]
    cost: Cost = field(default_factory=Cost)

    def upload(self, content: bytes, name: str) -> tuple[int, str, Import | None]:
        """Status, page, and the import where there is one."""
        known = set(Import.objects.values_list("pk", flat=True))
        file = SimpleUploadedFile("x", content)
        file.__dict__["_name"] = name  # as a browser of bad intent sends it: the test client would clean it
        with measured(self.cost):
            answer = self.client.post(reverse("imports:create"), {"file": file, "kind": "agent"})
        return answer.status_code, answer.content.decode(), Import.objects.exclude(pk__in=known).first()

    def checked(self, run: Import) -> Import:
        chosen = {f"c{place}": self.fields.get(header, "") for place, header in enumerate(run.headers)}
        answer = self.client.post(reverse("imports:columns", args=[run.pk]), {**chosen, "source": "база"})
        assert answer.status_code == 302, answer.content.decode()
        with measured(self.cost):
            return settle(run)

    def loaded(self, run: Import, **rows: str) -> Import:
        answer = self.client.post(reverse("imports:load", args=[run.pk]), rows)
        assert answer.status_code == 302
        with measured(self.cost):
            return settle(run) if fresh(run).is_running else fresh(run)

    def report(self, run: Import) -> str:
        """The page, and the file with the rows to mend."""
        page = self.client.get(reverse("imports:run", args=[run.pk]))
        file = self.client.get(reverse("imports:errors", args=[run.pk]))
        assert (page.status_code, file.status_code) == (200, 200)
        return page.content.decode() + file.getvalue().decode("utf-8-sig")


def written() -> tuple[int, int]:
    return Lead.objects.count(), Party.objects.count()
