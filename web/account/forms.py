"""Forms of one's own account: sign-in, password, preferences, language."""

from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import directory, guesses
from accounts.models import Language, Theme, User
from common import clock
from web.record_forms import RefusableForm

PASSWORD_RULES = _("Не короче 12 знаков, не из частых и не похож на имя или почту.")
ZONES = (
    ("Asia/Tashkent", _("Ташкент")),
    ("Asia/Samarkand", _("Самарканд")),
    ("Asia/Almaty", _("Алматы")),
    ("Asia/Bishkek", _("Бишкек")),
    ("Asia/Dushanbe", _("Душанбе")),
    ("Asia/Ashgabat", _("Ашхабад")),
    ("Asia/Baku", _("Баку")),
    ("Europe/Kaliningrad", _("Калининград")),
    ("Europe/Moscow", _("Москва")),
    ("Europe/Samara", _("Самара")),
    ("Asia/Yekaterinburg", _("Екатеринбург")),
    ("Asia/Omsk", _("Омск")),
    ("Asia/Novosibirsk", _("Новосибирск")),
    ("Asia/Irkutsk", _("Иркутск")),
    ("Asia/Yakutsk", _("Якутск")),
    ("Asia/Vladivostok", _("Владивосток")),
    ("Asia/Magadan", _("Магадан")),
    ("Asia/Kamchatka", _("Петропавловск-Камчатский")),
)


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password. Whatever is wrong with them, the answer is the same."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mail, password = self.fields["login"], self.fields["password"]
        mail.label, password.label = gettext("Почта"), gettext("Пароль")
        mail.error_messages |= {
            "required": gettext("Введите почту."),
            "invalid": gettext("Проверьте почту: похоже, в ней опечатка."),
        }
        password.error_messages |= {"required": gettext("Введите пароль.")}
        mail.max_length = password.max_length = 254
        mail.widget.attrs = {"autocomplete": "username", "inputmode": "email", "autofocus": True, "maxlength": 254}
        password.widget.attrs = {"autocomplete": "current-password", "maxlength": 254}
        password.help_text = ""

    def clean_login(self) -> str:
        """One spelling, so that wrong guesses are counted together."""
        return str(super().clean_login()).lower()

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except directory.DirectoryAway as away:
            raise forms.ValidationError(away.message, code=away.code) from away
        except forms.ValidationError as error:
            message = gettext("Почта или пароль не подходят. Проверьте раскладку и Caps Lock.")
            raise forms.ValidationError(message, code="mismatch") from error


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        old, new, again = self.fields["oldpassword"], self.fields["password1"], self.fields["password2"]
        old.label, new.label = gettext("Нынешний пароль"), gettext("Новый пароль")
        again.label = gettext("Новый пароль ещё раз")
        for field, names in ((old, "current-password"), (new, "new-password"), (again, "new-password")):
            field.widget.attrs = {"autocomplete": names, "maxlength": 254}
            field.help_text = ""
        new.help_text = PASSWORD_RULES

    def clean_oldpassword(self) -> str:
        taken = guesses.take_of_one("proof", str(self.user.pk), at=clock.now())
        if not self.user.check_password(self.cleaned_data.get("oldpassword", "")):
            raise forms.ValidationError(gettext("Нынешний пароль не подходит."), code="mismatch")
        taken.was_right()
        return str(self.cleaned_data["oldpassword"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = forms.Form.clean(self) or {}
        if "password1" in data and "password2" in data and data["password1"] != data["password2"]:
            self.add_error("password2", gettext("Пароли различаются. Введите новый пароль дважды одинаково."))
        return data


class ProfileForm(RefusableForm):
    name = forms.CharField(label=_("Имя"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Язык"), choices=Language.choices)
    timezone = forms.ChoiceField(label=_("Часовой пояс"), help_text=_("В нём показаны все сроки и время."))
    theme = forms.ChoiceField(label=_("Оформление"), choices=Theme.choices, widget=forms.RadioSelect)
    keys_enabled = forms.BooleanField(
        label=_("Клавиши действий: одна буква — одно действие"),
        help_text=_("Выключите, если вводите голосом или клавиши мешают. Ctrl+K работает всегда."),
        required=False,
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={name: getattr(user, name) for name in self.base_fields})
        zones = [(code, zone_label(code)) for code, _city in ZONES]
        if user.timezone not in dict(ZONES):
            zones.append((user.timezone, zone_label(user.timezone)))
        self.fields["timezone"].choices = zones  # type: ignore[attr-defined]


def zone_label(code: str) -> str:
    """«Ташкент, UTC+5», by the offset of today; a zone that is not in the list goes by its code."""
    offset = clock.now().astimezone(ZoneInfo(code)).utcoffset()
    hours = int(offset.total_seconds() // 3600) if offset else 0
    return f"{dict(ZONES).get(code, code)}, UTC{hours:+d}"
