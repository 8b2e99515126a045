"""What the region sells, to whom, with what promise: plain data."""

from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class ProductPlan:
    code: str
    name: str
    margin: int  # soums a sale


@dataclass(frozen=True, slots=True)
class InitiativePlan:
    """``owners`` share its leads by weight; the first one owns it."""

    code: str
    name: str
    product: str
    owners: tuple[tuple[str, int], ...]
    goal: int  # soums of extra margin
    description: str


PRODUCTS = (
    ProductPlan("appraisal", "Оценка авто под брендом банка", 180_000),
    ProductPlan("car_loan", "Автокредит", 2_400_000),
    ProductPlan("mortgage", "Ипотека", 9_500_000),
    ProductPlan("deposit", "Вклад «Сделка»", 1_300_000),
    ProductPlan("instalment", "Рассрочка в магазине", 420_000),
    ProductPlan("card", "Карта предпринимателя", 350_000),
)

INITIATIVES = (
    InitiativePlan(
        "appraisal", "Оценка под брендом банка", "appraisal", (("owner", 3), ("pak", 1)), 900 * MILLION,
        "Машина с оценкой под брендом банка продаётся лучше и быстрее. Цель недели: 10 оценщиков до устного "
        "контракта; 50 устных контрактов с клиентами, которые согласны на оценку. Обзвонить оценщиков — минимум "
        "2 в день; в четверг провести переговоры с двумя оценщиками.",
    ),
    InitiativePlan(
        "car_loan", "Автокредит через автосалоны", "car_loan", (("pak", 3), ("owner", 1)), 2_600 * MILLION,
        "Салон оформляет кредит за столом продавца: решение за час, покупатель не уходит думать.",
    ),
    InitiativePlan(
        "mortgage", "Ипотека через риелторов", "mortgage", (("owner2", 3), ("volkova", 1)), 4_200 * MILLION,
        "Риелтор приводит покупателя с одобренной заявкой: продавец квартиры ждёт дни, а не недели.",
    ),
    InitiativePlan(
        "deposit", "Деньги от сделки — во вклад", "deposit", (("volkova", 1),), 700 * MILLION,
        "Продавец квартиры кладёт деньги во вклад в день сделки, пока выбирает новую.",
    ),
    InitiativePlan(
        "instalment", "Рассрочка в магазинах", "instalment", (("kim", 3), ("ergashev", 1)), 1_500 * MILLION,
        "Продавец предлагает рассрочку у полки: чек растёт, магазин получает деньги на следующий день.",
    ),
    InitiativePlan(
        "card", "Карта для своего дела", "card", (("ergashev", 1),), 600 * MILLION,
        "Бухгалтер, учебный центр, турагентство советуют карту тем, кто у них уже платит.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UtpPlan:
    segment: str
    product: str
    statement: str
    metric: str


UTPS = (
    UtpPlan("appraisers", "appraisal", "Машина с оценкой под брендом банка продаётся лучше и быстрее: продавцы сами "
            "приходят к такому оценщику.", "Заказов на оценку в неделю"),
    UtpPlan("appraisers_premium", "appraisal", "Отчёт банка убирает торг: цена дорогой машины подтверждена.",
            "Средний чек оценки"),
    UtpPlan("dealers", "car_loan", "Решение по кредиту за час прямо в салоне: покупатель уезжает в тот же день.",
            "Сделок в месяц"),
    UtpPlan("realtors", "mortgage", "Покупатель приходит с одобренной ипотекой: сделка закрывается за 9 дней.",
            "Дней до сделки"),
    UtpPlan("realtors_second", "deposit", "Вклад в день сделки: риелтор получает вознаграждение второй раз.",
            "Вознаграждений с одной сделки"),
    UtpPlan("furniture", "instalment", "Рассрочка у полки поднимает чек на треть, деньги магазину — завтра.",
            "Средний чек"),
    UtpPlan("electronics", "instalment", "Рассрочка без бумаг: решение на телефоне покупателя за 3 минуты.",
            "Доля чеков в рассрочку"),
    UtpPlan("accountants", "card", "Карта с выпиской для налоговой: бухгалтер тратит на клиента на час меньше.",
            "Часов на клиента в месяц"),
    UtpPlan("insurance", "card", "Вознаграждение за каждую карту клиента, которому вы продали полис.",
            "Карт в месяц"),
    UtpPlan("education", "card", "Оплата курса частями: группа набирается на две недели раньше.",
            "Оплат в первую неделю"),
    UtpPlan("travel", "card", "Тур частями: клиент не откладывает поездку до премии.", "Туров в месяц"),
    UtpPlan("clinics", "card", "Лечение частями: пациент начинает сразу, а не ждёт зарплату.", "Начатых лечений"),
    UtpPlan("sellers", "appraisal", "С оценкой банка машину покупают быстрее и без торга.", "Дней до продажи"),
    UtpPlan("sellers_old", "appraisal", "Оценка банка показывает, что старая машина в порядке: звонят чаще.",
            "Звонков по объявлению"),
    UtpPlan("buyers", "car_loan", "Кредит на понравившуюся машину за час, без справок с работы.", "Часов до решения"),
    UtpPlan("buyers_swap", "car_loan", "Доплата за обмен — в кредит: старая машина идёт первым взносом.",
            "Размер доплаты"),
    UtpPlan("flats", "mortgage", "Одобрение до выбора квартиры: торгуетесь как покупатель с деньгами.",
            "Дней до одобрения"),
    UtpPlan("flats_second", "deposit", "Деньги от продажи квартиры работают, пока вы выбираете новую.",
            "Дней во вкладе"),
    UtpPlan("home_goods", "instalment", "Вся мебель сразу, платёж — меньше аренды.", "Сумма покупки"),
    UtpPlan("makers", "card", "Приём оплаты и учёт на одной карте с первого дня.", "Дней до первой оплаты"),
    UtpPlan("students", "card", "Курс частями без переплаты.", "Платёж в месяц"),
    UtpPlan("travellers", "card", "Тур частями без переплаты.", "Платёж в месяц"),
    UtpPlan("patients", "card", "Лечение частями без переплаты.", "Платёж в месяц"),
)  # fmt: skip
