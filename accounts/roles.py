"""Roles as the bank names them, and what each may do at all. Which rows they see is ``accounts.scope``."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PRODUCT_OWNER = "product_owner", _("Владелец продукта")
    SALES_HEAD = "sales_head", _("Руководитель продаж")
    LEAD_GENERATOR = "lead_generator", _("Лидогенератор")
    ACCOUNT_MANAGER = "account_manager", _("Аккаунт-менеджер")
    ADMINISTRATOR = "administrator", _("Администратор")
    AUDITOR = "auditor", _("Аудитор")
    SERVICE = "service", _("Учётная запись системы")


SEES_EVERYTHING = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
READS_ONLY = frozenset({Role.AUDITOR})
LEADS_A_TEAM = frozenset({Role.SALES_HEAD, Role.ADMINISTRATOR})
PEOPLE = tuple(role for role in Role if role is not Role.SERVICE)
