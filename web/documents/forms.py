"""Forms of papers: the terms of a contract, its signed file, a question to the lawyers, a template."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.choices import DocumentKind, Language
from documents.models import Document, LegalRequest, Template
from documents.variables import VARIABLES
from leads.models import Lead
from leads.services.contract_files import FILE_TYPES
from web.leads.forms_base import Day, Lines
from web.record_forms import RefusableForm


def field_of(code: str) -> str:
    """A variable as the name of a field: a dot means something else in addresses of pages."""
    return code.replace(".", "__")


class VersionedForm(RefusableForm):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class TermsForm(VersionedForm):
    """A field for each variable of the template. With ``numbered`` the number may be chosen too."""

    layout = (("number", "dated_on"),)
    number = forms.CharField(
        label=gettext_lazy("Номер"), max_length=60, required=False,
        help_text=gettext_lazy("Оставьте пустым: следующий номер по порядку"),
    )  # fmt: skip
    dated_on = Day(label=gettext_lazy("Дата контракта"))

    def __init__(self, *args: Any, template: Template, numbered: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not numbered:
            del self.fields["number"]
        codes = [code for code in template.variables if code in VARIABLES and not VARIABLES[code].from_form]
        for code in codes:
            self.fields[field_of(code)] = _term(code)
        self.codes = codes
        self.aliases = {code: field_of(code) for code in codes} | {  # type: ignore[misc]
            "contract.number": "number", "contract.date": "dated_on",
        }  # fmt: skip

    def values(self) -> dict[str, str]:
        return {code: self.cleaned_data[field_of(code)] for code in self.codes}


def _term(code: str) -> forms.CharField:
    variable = VARIABLES[code]
    label = str(variable.label)
    short = _("Не хватает: %(name)s. Без этого контракт не составить.") % {"name": label}
    options: dict[str, Any] = {
        "label": label[:1].upper() + label[1:], "required": variable.needed, "max_length": 10_000,
        "error_messages": {"required": short},
    }  # fmt: skip
    return Lines(rows=3, **options) if variable.long else forms.CharField(**options)


def first_terms(values: Mapping[str, str]) -> dict[str, str]:
    """First values as a form's initial ones."""
    return {field_of(code): text for code, text in values.items()}


class SignForm(VersionedForm):
    signed_on = Day(label=gettext_lazy("Дата подписания"))
    file = forms.FileField(
        label=gettext_lazy("Подписанный контракт"), help_text=gettext_lazy("PDF, DOCX, JPG или PNG до 20 МБ"),
        widget=forms.FileInput(attrs={"accept": ",".join(FILE_TYPES)}), max_length=200,
    )  # fmt: skip


class AskForm(RefusableForm):
    layout = (("working_days", "lawyer"),)
    question = Lines(label=gettext_lazy("Вопрос юристам"), rows=4, max_length=4000)
    working_days = forms.IntegerField(label=gettext_lazy("Рабочих дней на ответ"), initial=3, min_value=1, max_value=60)
    lawyer = forms.CharField(label=gettext_lazy("Кому"), max_length=120, required=False)
    document: Any = forms.ModelChoiceField(
        Document.objects.none(), label=gettext_lazy("О каком контракте"), required=False,
        empty_label=gettext_lazy("О лиде вообще"),
    )  # fmt: skip

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = lead.documents.exclude(status="void")
        if papers:
            self.fields["document"].queryset = papers  # type: ignore[attr-defined]
        else:
            del self.fields["document"]


class AnswerForm(VersionedForm):
    """What is typed is the lawyers' answer, or why the question is withdrawn: the button says which."""

    answer = Lines(label=gettext_lazy("Ответ юристов"), rows=4, max_length=8000, required=False)
    lawyer = forms.CharField(label=gettext_lazy("Кто отвечает"), max_length=120, required=False)

    @classmethod
    def about(cls, request: LegalRequest) -> "AnswerForm":
        return cls(initial={"lawyer": request.lawyer, "version": request.version})


class TemplateForm(RefusableForm):
    layout = (("kind", "language"),)
    kind = forms.ChoiceField(label=gettext_lazy("Вид контракта"), choices=DocumentKind.choices)
    language = forms.ChoiceField(label=gettext_lazy("Язык"), choices=Language.choices)
    name = forms.CharField(
        label=gettext_lazy("Название"), max_length=120, required=False,
        help_text=gettext_lazy("Если пусто, возьмём имя файла"),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("Файл DOCX"), help_text=gettext_lazy("До 2 МБ, с переменными в двойных скобках"),
        widget=forms.FileInput(attrs={"accept": ".docx"}), max_length=200,
    )  # fmt: skip
