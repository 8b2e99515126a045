"""Forms of the settings: they parse; the services judge."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.roles import PEOPLE
from agents.choices import Kind
from agents.models import Product
from funnel.models import Funnel, Stage
from leads.facts import FACTS
from leads.models import LossReason
from web.account.forms import PASSWORD_RULES
from web.leads.forms_base import Day, Figure
from web.record_forms import RecordForm
from worktime.models import Holiday

PEOPLE_CHOICES = [(role.value, role.label) for role in PEOPLE]


class CodesField(forms.MultipleChoiceField):
    """Several codes; the conflict panel sends them back in one text, divided by commas."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        return [code for text in super().to_python(value) for code in text.split(",") if code]


class PasswordInput(forms.PasswordInput):
    """A first password that the administrator hands over: managers of passwords are to keep out of it."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password", "data-no-draft": True}, render_value=False)


class PersonForm(RecordForm):
    role = forms.ChoiceField(label=_("Роль"), choices=[("", _("Выберите роль")), *PEOPLE_CHOICES])

    class Meta:
        model = User
        fields: ClassVar = ["name", "role", "team", "is_active"]
        labels: ClassVar = {"name": _("Имя"), "team": _("Команда"), "is_active": _("Может входить")}
        help_texts: ClassVar = {
            "team": _("Владелец продукта видит работу своей команды, руководитель — и всех команд под ней."),
            "is_active": _("Снимите, когда сотрудник ушёл: он выйдет из системы сразу, его работа останется."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].empty_label = _("Без команды")  # type: ignore[attr-defined]


class NewPersonForm(PersonForm):
    email = forms.EmailField(
        label=_("Почта"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("С ней сотрудник входит."),
    )  # fmt: skip
    password = forms.CharField(label=_("Первый пароль"), max_length=254, widget=PasswordInput, strip=False)
    field_order = ["name", "email", "role", "team", "password"]

    class Meta(PersonForm.Meta):
        fields: ClassVar = ["name", "role", "team"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        advice = _("Передайте лично; сотрудник сменит его в профиле.")
        self.fields["password"].help_text = f"{PASSWORD_RULES} {advice}"


class FirstPasswordForm(RecordForm):
    password = forms.CharField(
        label=_("Новый первый пароль"),
        max_length=254,
        widget=PasswordInput,
        strip=False,
        help_text=PASSWORD_RULES,
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []


class PeopleFilter(forms.Form):
    role = forms.ChoiceField(label=_("Роль"), choices=[("", _("Все роли")), *PEOPLE_CHOICES], required=False)
    state = forms.ChoiceField(
        label=_("Вход"), choices=[("", _("Все")), ("on", _("Могут входить")), ("off", _("Вход закрыт"))], required=False
    )


class TeamForm(RecordForm):
    class Meta:
        model = Team
        fields: ClassVar = ["name", "parent"]
        labels: ClassVar = {"name": _("Название"), "parent": _("Входит в")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].empty_label = _("Никуда: верхний уровень")  # type: ignore[attr-defined]


class Estimate(Figure):
    """A figure that the base keeps as a float: written and read as people do, compared as it is kept."""

    def clean(self, value: Any) -> float | None:  # type: ignore[override]
        read = super().clean(value)
        return None if read is None else float(read)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:g}".replace(".", ",") if isinstance(value, float) else value


class StageForm(RecordForm):
    effort_hours = Estimate(
        label=_("Усилие на этап, часов"),
        help_text=_("Сколько рабочего времени уходит на шаг к следующему этапу. 0,5 — полчаса."),
    )
    half_life_hours = Estimate(
        label=_("Половина остывает за, часов"),
        help_text=_("За сколько без касаний шанс лида падает вдвое. 48 — двое суток, 240 — десять."),
    )
    pass_guess = Estimate(
        label=_("Шанс пройти (до опыта)"),
        help_text=_("Доля от 0,01 до 0,99. По ней считают приоритет, пока своих переходов мало."),
    )
    gate = CodesField(
        label=_("Шлюз: что должно быть известно, чтобы войти"), required=False,
        choices=[(code, fact.label) for code, fact in FACTS.items()],
    )  # fmt: skip
    confirmed = forms.BooleanField(label=_("Да, ужесточить шлюз"), required=False)

    class Meta:
        model = Stage
        fields: ClassVar = [
            "name", "hint", "norm_hours", "key", "effort_hours", "half_life_hours", "pass_guess", "gate",
        ]  # fmt: skip
        labels: ClassVar = {
            "name": _("Название"), "hint": _("Подсказка"), "norm_hours": _("Норма, часов"),
            "key": _("Ключевой этап (КЭВ)"),
        }  # fmt: skip
        help_texts: ClassVar = {
            "name": _("Назовите тем, что произошло: «Встреча состоялась»."),
            "hint": _("Что делать на этапе: одно-два предложения на карточке лида."),
            "norm_hours": _("Сколько лид стоит здесь без тревоги. 24 — сутки, 168 — неделя. Пусто — без нормы."),
            "key": _("По нему считают доходимость."),
        }
        widgets: ClassVar = {"hint": forms.Textarea(attrs={"rows": 2})}


class NewStageForm(StageForm):
    """The place is chosen by the stage that stands before; the newest comes last."""

    after = forms.ModelChoiceField(
        label=_("После этапа"),
        queryset=Stage.objects.none(),
        required=False,
        empty_label=_("В самом начале"),
        help_text=_("Показатели прошлого не изменятся. Но кто дошёл до конца, решает последний этап."),
    )
    field_order = ["name", "after", "hint", "norm_hours", "key"]

    def __init__(self, *args: Any, stages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["confirmed"]
        self.fields["after"].queryset = stages  # type: ignore[attr-defined]
        self.fields["after"].initial = stages.last()


class FunnelForm(RecordForm):
    class Meta:
        model = Funnel
        fields: ClassVar = ["name"]
        labels: ClassVar = {"name": _("Название")}
        help_texts: ClassVar = {"name": _("По нему воронку узнают на доске и в отчётах: «Ипотека».")}


class NewFunnelForm(FunnelForm):
    class Meta(FunnelForm.Meta):
        fields: ClassVar = ["product", "kind", "name"]
        labels: ClassVar = {**FunnelForm.Meta.labels, "product": _("Продукт"), "kind": _("Чья воронка")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        kind: Any = self.fields["kind"]
        kind.choices = [(Kind.AGENT.value, _("Агентов")), (Kind.CLIENT.value, _("Клиентов"))]
        product.required, product.queryset = True, Product.objects.filter(active=True).order_by("name")
        product.empty_label = _("Выберите продукт")


class ReasonForm(RecordForm):
    class Meta:
        model = LossReason
        fields: ClassVar = ["name"]
        labels: ClassVar = {"name": _("Причина")}
        help_texts: ClassVar = {"name": _("Словами того, кто отказал: «Дорого», «Уже есть в другом банке».")}


class ProductForm(RecordForm):
    class Meta:
        model = Product
        fields: ClassVar = ["name", "margin", "currency", "active"]
        labels: ClassVar = {
            "name": _("Название"), "margin": _("Маржа с продажи"), "currency": _("Валюта"), "active": _("Продаётся"),
        }  # fmt: skip
        help_texts: ClassVar = {
            "margin": _("Сколько банк зарабатывает на одной продаже: по ней сравнивают блокаторы и сегменты."),
            "active": _("Снимите, когда продукт больше не предлагают: в истории он останется."),
        }


class NewProductForm(ProductForm):
    class Meta(ProductForm.Meta):
        fields: ClassVar = ["name", "code", "margin", "currency"]
        labels: ClassVar = {**ProductForm.Meta.labels, "code": _("Код")}
        help_texts: ClassVar = {
            **ProductForm.Meta.help_texts,
            "code": _("Латиницей, для обмена с системами банка: auto_loan. Не меняется."),
        }


class HolidayForm(RecordForm):
    day = Day(label=_("День"))

    class Meta:
        model = Holiday
        fields: ClassVar = ["region", "day", "name", "working"]
        labels: ClassVar = {"region": _("Регион"), "name": _("Название"), "working": _("Это рабочий день")}
        help_texts: ClassVar = {
            "name": _("Например: «Рамазан хайит» или «Перенос с 8 марта»."),
            "working": _("Отметьте, если рабочий день перенесли на этот выходной."),
        }
