"""The six default stages of both funnels. An administrator changes them; code must not rely on the list."""

from decimal import Decimal
from typing import Any

CONTACT, MEETING, CUSTDEV = "contact", "meeting", "custdev"
VERBAL_CONTRACT, SIGNED_CONTRACT, VALUE_DELIVERED = "verbal_contract", "signed_contract", "value_delivered"


def _stage(code: str, name: str, hours: int, chance: str, gate: list[str], hint: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "norm_hours": hours,
        "probability": Decimal(chance),
        "gate": gate,
        "hint": hint,
        "key": code == MEETING,
    }


STAGES: list[dict[str, Any]] = [
    _stage(CONTACT, "Контакт", 72, "0.05", ["name", "contact"], "Имя и способ связи известны. Договоритесь о созвоне."),
    _stage(
        MEETING,
        "Созвон-встреча",
        120,
        "0.15",
        ["meeting_appointed", "meeting_held"],
        "Разговор назначен и состоялся. Выясните, что болит.",
    ),
    _stage(
        CUSTDEV,
        "CustDev",
        168,
        "0.30",
        ["problem", "value_checked", "utp_checked"],
        "Проверьте проблему, ценность и УТП. Запишите слова собеседника.",
    ),
    _stage(
        VERBAL_CONTRACT,
        "Устный контракт",
        168,
        "0.55",
        ["utp", "agent_gives", "bank_gives"],
        "Договоритесь, что даёт каждая сторона: выигрывают оба.",
    ),
    _stage(
        SIGNED_CONTRACT,
        "Подписанный контракт",
        336,
        "0.80",
        ["contract_number", "contract_date", "contract_file"],
        "Подпишите и приложите документ.",
    ),
    _stage(
        VALUE_DELIVERED,
        "Ценность доставлена",
        720,
        "1",
        ["value_promised", "value_measured"],
        "Измерьте обещанное. Доставлено — только если число достигнуто.",
    ),
]

# By stage: working hours of one attempt to pass it, hours in which half of the leads go cold, the guessed pass rate.
BELIEFS: dict[str, tuple[float, float, float]] = {
    CONTACT: (0.4, 48.0, 0.3),
    MEETING: (1.0, 120.0, 0.5),
    CUSTDEV: (1.5, 240.0, 0.5),
    VERBAL_CONTRACT: (1.0, 360.0, 0.6),
    SIGNED_CONTRACT: (2.0, 720.0, 0.7),
}
