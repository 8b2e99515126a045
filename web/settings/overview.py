"""Settings: the sections, and what in each is unfinished."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from approvals.selectors import waiting as waiting_approvals
from common import clock
from leads.dictionaries import Gaps, gaps
from monitoring.board import dead_count
from web.pages import page, person, show
from web.settings.jobs import told


class Section(NamedTuple):
    url: str
    icon: str
    title: str
    about: str
    unfinished: list[str]


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    found = gaps(person(request))
    waiting = waiting_approvals(person(request), clock.now()).count()
    sections = [*_people(found), *_work(found), *_systems(), _consents(waiting)]
    return show(request, "settings/index.html", {"sections": sections})


def _people(found: Gaps) -> list[Section]:
    return [
        Section(
            resolve_url("settings:users"), "users", _("Сотрудники"), _("Кто входит, с какой ролью и в какой команде"),
            _told((found.people_without_team, _("Без команды: %(n)s"))),
        ),
        Section(
            resolve_url("settings:teams"), "building", _("Команды"),
            _("Дерево команд: по нему видно, кто чью работу видит"), [],
        ),
    ]  # fmt: skip


def _work(found: Gaps) -> list[Section]:
    no_reasons = [] if found.reasons else [_("Список пуст: отказ нечем объяснить")]
    no_products = [] if found.products else [_("Нет ни одного продукта")]
    return [
        Section(
            resolve_url("settings:stages"), "funnel", _("Этапы и шлюзы"),
            _("Порядок этапов, нормы времени и факты, без которых дальше не пройти"),
            _told(
                (found.stages_without_norm, _("Этапов без нормы: %(n)s")),
                (found.stages_without_gate, _("Этапов без шлюза: %(n)s")),
            ),
        ),
        Section(
            resolve_url("settings:reasons"), "refused", _("Причины отказа"), _("Из них выбирают, когда лид потерян"),
            no_reasons,
        ),
        Section(
            resolve_url("settings:products"), "money", _("Продукты"), _("Что продаём и сколько это приносит"),
            [*no_products, *_told((found.products_without_margin, _("Без маржи: %(n)s")))],
        ),
        Section(
            resolve_url("settings:holidays"), "calendar", _("Праздники"),
            _("Нерабочие и перенесённые дни по регионам: по ним считают сроки"), [],
        ),
    ]  # fmt: skip


def _systems() -> list[Section]:
    return [
        Section(
            resolve_url("integrations:accounts"), "link", _("Интеграции"),
            _("Системы банка: служебные записи, ключи и журнал их обращений"), [],
        ),
        Section(
            resolve_url("privacy:index"), "lock", _("Персональные данные"),
            _("Выдача и удаление данных человека, реестр, сроки хранения"), [],
        ),
        Section(
            resolve_url("settings:jobs"), "clock", _("Задания"),
            _("Что система делает сама: когда, с каким итогом, что не выполнено"),
            [text for text in [told(dead_count())] if text],
        ),
        Section(
            resolve_url("audit:seen"), "search", _("Аудит"),
            _("Кто видел клиента, что делал сотрудник, история записей"), [],
        ),
    ]  # fmt: skip


def _consents(waiting: int) -> Section:
    return Section(
        resolve_url("approvals:list"), "done", _("Согласия второго сотрудника"),
        _("Кто просит большую выгрузку или передачу лидов и что ему ответили"),
        _told((waiting, _("Ждут решения: %(n)s"))),
    )  # fmt: skip


def _told(*counts: tuple[int, str]) -> list[str]:
    return [text % {"n": number} for number, text in counts if number]
