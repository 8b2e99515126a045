"""What the region puts to the test: plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TestPlan:
    """``pull``: how much likelier the last arm is among leads that reached the stage than among the others; 1 is none.

    ``arms`` are statements; one that the offer holds already is taken from there. Rates in per cent. ``decision`` was
    made so many ``days_ago``; ``draft`` never starts.
    """

    by: str
    segment: str
    initiative: str
    problem: str
    stage: str
    arms: tuple[str, ...]
    expected: int
    pull: float = 1.0
    refuted_below: int | None = None
    difference: int | None = None
    sample: int | None = None
    mature_days: int | None = None
    weeks: int = 12
    decision: str = ""
    reason: str = ""
    days_ago: int = 0
    draft: bool = False


TESTS = (
    TestPlan(
        "owner", "sellers_new", "appraisal", "машина стоит месяц, звонят одни перекупщики", "meeting",
        ("С оценкой банка машину покупают быстрее и без торга.",
         "Оценщик приедет в день звонка, завтра отчёт банка уже в объявлении."),
        60, pull=3.6, sample=110, mature_days=3,
    ),
    TestPlan(
        "owner", "sellers_old", "appraisal", "покупатель просит скидку за возраст", "custdev",
        ("Оценка банка показывает, что старая машина в порядке: звонят чаще.",
         "С отчётом банка машину старше 5 лет берут в рассрочку."),
        40, pull=5.0, sample=100, mature_days=8, decision="confirmed", days_ago=3,
        reason="Рассрочка снимает главный страх: платить сразу за старую машину. Переводим весь сегмент на неё.",
    ),
    TestPlan(
        "pak", "buyers_first", "car_loan", "боится отказа и порчи кредитной истории", "custdev",
        ("Кредит на понравившуюся машину за час, без справок с работы.",),
        60, refuted_below=55, sample=100, mature_days=8, decision="refuted", days_ago=5,
        reason="Скорость им не главное: боятся отказа. Следующая версия — проверка шанса до заявки.",
    ),
    TestPlan(
        "owner2", "flats_new", "mortgage", "застройщик ждёт одобрения неделю", "verbal_contract",
        ("Одобрение до выбора квартиры: торгуетесь как покупатель с деньгами.",
         "Банк сам собирает справки: от вас паспорт и один вечер."),
        30, pull=1.25, difference=12, sample=190, mature_days=15,
    ),
    TestPlan(
        "kim", "home_goods_young", "instalment", "копят год и покупают по одной вещи", "meeting",
        ("Вся мебель сразу, платёж — меньше аренды.",),
        80, refuted_below=70, sample=150, mature_days=3, weeks=10,
    ),
    TestPlan(
        "ergashev", "makers_trade", "card", "деньги с терминала приходят через два дня", "custdev",
        ("Приём оплаты и учёт на одной карте с первого дня.", "Выручка на карте через час после продажи."),
        35, sample=60, mature_days=8, weeks=9, decision="changed", days_ago=6,
        reason="Про час говорят «и так хватает». Цепляет налоговый отчёт из приложения: пробуем его.",
    ),
    TestPlan(
        "ergashev", "clinics", "card", "пациент откладывает лечение до зарплаты", "verbal_contract",
        ("Лечение частями: пациент начинает сразу, а не ждёт зарплату.", "Клиника получает деньги на следующий день."),
        25, difference=8, draft=True,
    ),
)  # fmt: skip
