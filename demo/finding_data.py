"""What the region's product owners found to work, and how it went with those who took it."""

from dataclasses import dataclass

from backlog.choices import ActionKind

CALL, MEETING, CUSTDEV, MESSAGE = ActionKind.CALL, ActionKind.MEETING, ActionKind.CUSTDEV, ActionKind.MESSAGE


@dataclass(frozen=True, slots=True)
class FindingPlan:
    """``before`` and ``after`` are (got, of); ``taken`` gives each borrower's outcomes week by week, this week last:
    A agreed, M meeting, V verbal contract, O objection, R refused, ``-`` not done yet."""

    author: str
    segment: str
    claim: str
    text: str
    metric: str
    action: str
    kind: str
    minutes: int
    likes: tuple[str, ...]
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None
    taken: tuple[tuple[str, str], ...] = ()
    metric_name: str = ""
    bank_wide: bool = True


FINDINGS = (
    FindingPlan(
        "owner", "appraisers_chevrolet", "Начинать с вопроса «сколько осмотров за месяц дошли до денег»",
        "Не рассказывать про банк, пока оценщик сам не назвал число. Дальше спросить, что мешало остальным: почти все "
        "называют недоверие к бумаге. Отсюда переходим к отчёту под брендом банка.",
        "custdev", "Спросить оценщика, сколько осмотров дошли до денег", CALL, 20,
        ("pak", "volkova", "owner2", "kim", "head"), (9, 22), (15, 26),
        (("pak", "AMAO-"), ("volkova", "AOM"), ("owner2", "MRA"), ("kim", "VA")),
    ),
    FindingPlan(
        "owner2", "realtors_new", "Звать риелтора на встречу вместе с его застройщиком",
        "Риелтор соглашается сразу, если на встрече есть тот, кто платит ему комиссию. Место — офис продаж.",
        "meeting", "Предложить риелтору встречу втроём с застройщиком", MEETING, 60,
        ("volkova", "owner", "azimova"), (6, 31), (14, 30),
        (("volkova", "MMAO"), ("owner", "MO"), ("ergashev", "R-")),
    ),
    FindingPlan(
        "pak", "dealers_market", "Показать решение за час на живой заявке покупателя",
        "Прийти к салону в субботу к двенадцати, взять первую же анкету и дождаться ответа при менеджере.",
        "verbal_contract", "Провести одну живую заявку в салоне при менеджере", MEETING, 90,
        ("owner", "kim", "ergashev", "head"), (2, 15), (6, 16),
        (("owner", "VAO"), ("ergashev", "VO"), ("kim", "O")),
    ),
    FindingPlan(
        "kim", "furniture_bazaar", "Считать не подписанных, а обученных продавцов",
        "Договор без обученного продавца не даёт заявок. Ведём метрику «продавец сам оформил первую рассрочку»: "
        "двадцать минут у кассы, и вечером проверить, была ли заявка.",
        "own", "Обучить одного продавца оформлять рассрочку", MEETING, 30,
        ("ergashev", "karimova", "pak", "azimova", "owner"), (4, 18), (13, 21),
        (("ergashev", "AAMA"), ("karimova", "AA"), ("pak", "O-")), metric_name="Обученные продавцы",
    ),
    FindingPlan(
        "ergashev", "electronics", "Писать в Telegram за день до звонка: одна цифра и один вопрос",
        "«Соседний магазин выдал 14 рассрочек за неделю. Сколько ваших покупателей уходят без товара?»",
        "calls", "Отправить за день до звонка одну цифру и один вопрос", MESSAGE, 10,
        ("kim", "litvinov", "leadgen"), (11, 48), (19, 44), (("kim", "AOAR"), ("karimova", "A")),
    ),
    FindingPlan(
        "volkova", "realtors_second", "Спрашивать про последнюю сорвавшуюся сделку, а не про планы",
        "О планах говорят вежливо, о срыве — подробно. В шести разговорах из десяти причина — первый взнос.",
        "custdev", "Спросить про последнюю сорвавшуюся сделку", CUSTDEV, 45,
        ("owner2", "owner"), (7, 20), (12, 19), (("owner2", "MA"),),
    ),
    FindingPlan(
        "karimova", "accountants", "Бухгалтеру сначала сберечь час, потом говорить о картах",
        "Принести готовую выгрузку ведомости под его программу. Разговор о зарплатном проекте он начинает сам.",
        "agreed", "Принести бухгалтеру готовую выгрузку ведомости", MEETING, 40, ("kim",), None, (8, 13),
    ),
    FindingPlan(
        "litvinov", "clinics_implants", "Клиники отвечают до девяти утра и после семи вечера",
        "Днём трубку берёт регистратура и соединяет неохотно.",
        "calls", "Позвонить в клинику до девяти утра", CALL, 15, ("karimova",), (3, 25), (9, 24), bank_wide=False,
    ),
)  # fmt: skip
