"""Files as people bring them, and the steps of an import in one call each."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from openpyxl import Workbook

from accounts.models import User
from common import clock
from imports import services, work
from imports.models import Import

MAPPINGS = Path(__file__).parent / "mappings"


def csv_bytes(rows: list[list[str]], *, encoding: str = "utf-8", separator: str = ",") -> bytes:
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding)


def xlsx_bytes(rows: list[list[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def take(by: User, content: bytes, name: str = "leads.csv") -> Import:
    return services.take_file(by=by, name=name, file=ContentFile(content, name=name))


def shipped(name: str, key: str) -> dict[str, Any]:
    mapping: dict[str, Any] = json.loads((MAPPINGS / name).read_text())
    mapping["fields"]["external_id"] = {"column": key}
    return mapping


def people_mapping(**fields: dict[str, str]) -> dict[str, Any]:
    known = {"name": {"column": "Имя"}, "phone": {"column": "Телефон"}}
    return {"kind": "agent", "source": "bank", "fields": known | fields}


def check(run: Import, by: User) -> Import:
    services.start_check(run=run, by=by, at=clock.now())
    return settle(run)


def load(run: Import, by: User) -> Import:
    services.start_loading(run=run, by=by, at=clock.now())
    return settle(run)


def settle(run: Import) -> Import:
    """What the worker does, in the foreground."""
    for _chunk in work.process(fresh(run)):
        continue
    return fresh(run)


def fresh(run: Import) -> Import:
    return Import.objects.select_related("owner", "team").get(pk=run.pk)


PEOPLE = [["Имя", "Телефон"], ["Олим Р.", "90 123 45 67"], ["Ирина К.", "+998 93 765-43-21"], ["Без телефона", "12"]]
