"""What each right of a token lets a system do, in words; grouped as an administrator thinks of them."""

from django.utils.translation import gettext_lazy as _

GROUPS = (
    (
        _("Лиды и люди"),
        (
            ("leads:read", _("видеть лиды, историю и факты")),
            ("leads:write", _("принимать лиды, двигать по этапам, записывать факты")),
            ("agents:read", _("видеть агентов")),
            ("agents:write", _("заводить и менять агентов")),
            ("clients:read", _("видеть клиентов")),
            ("clients:write", _("заводить и менять клиентов")),
            ("pii:read", _("видеть имена, телефоны и ИНН людей и искать по ним")),
            ("bulk", _("присылать лиды тысячами")),
        ),
    ),
    (
        _("Разговоры"),
        (
            ("calls:read", _("видеть звонки")),
            ("calls:write", _("присылать звонки телефонии")),
            ("messages:read", _("видеть переписку")),
        ),
    ),
    (
        _("Предложения и проверка"),
        (
            ("initiatives:read", _("видеть инициативы и продукты")),
            ("initiatives:write", _("менять инициативы")),
            ("segments:read", _("видеть сегменты и УТП")),
            ("segments:write", _("менять сегменты и УТП")),
            ("hypotheses:read", _("видеть гипотезы")),
            ("hypotheses:write", _("вести гипотезы")),
        ),
    ),
    (
        _("Недели и сообщество"),
        (
            ("backlog:read", _("видеть недели, цели и действия")),
            ("backlog:write", _("менять недели, цели и действия")),
            ("findings:read", _("видеть находки")),
            ("findings:write", _("публиковать находки")),
        ),
    ),
    (
        _("Цифры и обмен"),
        (
            ("funnel:read", _("видеть воронку и прогноз")),
            ("stages:read", _("видеть этапы")),
            ("stages:write", _("менять этапы")),
            ("imports:read", _("видеть загрузки")),
            ("imports:write", _("загружать файлы")),
            ("events:read", _("читать ленту событий")),
            ("webhooks", _("управлять вебхуками")),
            ("users:read", _("видеть сотрудников и команды")),
        ),
    ),
)
"""As choices of a form: (group, ((right, words), …))."""
