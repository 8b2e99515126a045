"""What this room holds of people: contracts with what was written into them, and questions to the lawyers."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Holds
from documents.models import Document, LegalRequest, Rendition, Template, TemplateFile, Version

_OF_LEAD = {"lead": "leads.Lead"}

HOLDS = (
    Holds(Document, _("Подготовленные контракты"), via=_OF_LEAD, keep="number"),
    Holds(Version, _("Редакции контрактов"), via={"document": "documents.Document"}, erase="values"),
    Holds(Rendition, _("Файлы контрактов"), via={"version": "documents.Version"}, erase="docx pdf", gone=True),
    Holds(LegalRequest, _("Запросы юристам"), via=_OF_LEAD, erase="question answer", keep="lawyer"),
)
PLAIN: Mapping[type[models.Model], str] = {Template: "name variables", TemplateFile: "name content"}
