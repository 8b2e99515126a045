"""What the main people plan by week: goals, the actions that serve them, ideas, and what they say in reviews."""

from dataclasses import dataclass

from backlog.choices import ActionKind, Priority

CALL, MEETING, CUSTDEV = ActionKind.CALL, ActionKind.MEETING, ActionKind.CUSTDEV
MESSAGE, CONTRACT, TASK = ActionKind.MESSAGE, ActionKind.CONTRACT, ActionKind.TASK
NOW, TODAY, WEEK, MONTH = Priority.NOW, Priority.TODAY, Priority.WEEK, Priority.MONTH
OFFICE = "Офис"


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    kind: str = CALL
    minutes: int = 30
    priority: int = WEEK
    place: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal of a week with its actions; ``own`` names a metric that is typed, with its unit."""

    segment: str
    statement: str
    metric: str
    target: int
    initiative: str = ""
    own: tuple[str, str] = ("", "")
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Planner:
    who: str
    aims: tuple[Aim, ...]
    loose: tuple[Step, ...]
    ideas: tuple[Step, ...]


AZIZA = Planner(
    "owner",
    (
        Aim("appraisers", "10 оценщиков до устного контракта", "verbal_contract", 10, "appraisal", steps=(
            Step("Обзвонить оценщиков: минимум 2 в день", minutes=60, priority=TODAY, place=OFFICE),
            Step("Переговоры с двумя оценщиками", MEETING, 90, TODAY, "Рынок Сергели"),
            Step("CustDev: что мешает продать машину быстрее", CUSTDEV, 60, place="Рынок Сергели"),
            Step("Показать отчёт об оценке под брендом банка", MEETING, 45, place="Авторынок Бектемир"),
            Step("Отправить условия тем, кто просил подумать", MESSAGE, 30),
            Step("Перезвонить тем, кто не ответил в понедельник", minutes=45, priority=TODAY),
            Step("Проговорить комиссию с оценщиками Chevrolet", minutes=45),
            Step("Закрепить договорённость письмом", CONTRACT, 30, NOW),
            Step("Снять возражение «у меня свои эксперты»", minutes=30),
        )),
        Aim("appraisers_chevrolet", "15 созвонов и встреч с оценщиками Chevrolet", "meeting", 15, "appraisal", steps=(
            Step("Собрать новые объявления за неделю", TASK, 60, place=OFFICE),
            Step("Первый звонок по новым объявлениям", minutes=60, priority=TODAY),
            Step("Встреча у подъёмника: осмотр трёх машин", MEETING, 90, place="Сергели, ряд 14"),
            Step("Напомнить о встрече за день", MESSAGE, 15),
            Step("Второй звонок тем, кто сомневается", minutes=45),
            Step("Встреча с оценщиком и его продавцом", MEETING, 60, place="Чиланзар"),
            Step("Обновить сценарий звонка", TASK, 45, MONTH, OFFICE),
            Step("Договориться о пробной оценке", minutes=30, priority=TODAY),
        )),
        Aim("dealers", "25 звонков с ответом в автосалоны", "calls", 25, "car_loan", steps=(
            Step("Обзвон автосалонов: список А", minutes=60, priority=TODAY, place=OFFICE),
            Step("Обзвон автосалонов: список Б", minutes=60, place=OFFICE),
            Step("Узнать, кто решает про кредит", minutes=30),
            Step("Звонок в салоны области", minutes=45),
            Step("Перезвонить по просьбе салонов", minutes=30, priority=NOW),
            Step("Объяснить одобрение за день", minutes=30),
            Step("Встреча с директором салона", MEETING, 60, place="Сергели"),
        )),
        Aim("appraisers_kia", "Обучить 6 оценщиков", "own", 6, own=("Обученные оценщики", "чел."), steps=(
            Step("Вебинар: как предложить оценку продавцу", MEETING, 60, TODAY, "Онлайн"),
            Step("Разослать памятку после вебинара", MESSAGE, 15),
            Step("Проверить, кто уже предложил оценку", minutes=30),
            Step("Разобрать первый отказ с оценщиком", minutes=30),
            Step("Записать короткое видео", TASK, 60, MONTH, OFFICE),
        )),
    ),
    (
        Step("Сверить комиссии с бухгалтерией", TASK, 30, place=OFFICE),
        Step("Отчёт руководителю по новой марже", TASK, 45, TODAY, OFFICE),
        Step("Планёрка команды", MEETING, 45, place=OFFICE),
        Step("Разобрать блокатор «старше 5 лет» с рисками", MEETING, 45, place=OFFICE),
    ),
    (
        Step("Позвать оценщика рассказать коллегам", MEETING, 30, MONTH),
        Step("Сравнить отклик в чатах и на площадке", TASK, 45, MONTH),
        Step("Предложить оценку владельцам такси", minutes=30, priority=MONTH),
        Step("Статус «Проверенный оценщик» на карточке объявления", TASK, 60, MONTH),
    ),
)  # fmt: skip

TIMUR = Planner(
    "owner2",
    (
        Aim("realtors_new", "12 встреч с риелторами новостроек", "meeting", 12, "mortgage", steps=(
            Step("Обзвон риелторов: новые жилые комплексы", minutes=60, priority=TODAY, place=OFFICE),
            Step("Встреча в отделе продаж застройщика", MEETING, 90, TODAY, "Яккасарай"),
            Step("CustDev: где сделка срывается", CUSTDEV, 60, place="Мирабад"),
            Step("Показать расчёт платежа за 5 минут", MEETING, 45, place="Юнусабад"),
            Step("Перезвонить тем, кто просил цифры", minutes=30, priority=NOW),
            Step("Отправить калькулятор платежа", MESSAGE, 15),
            Step("Встреча с агентством «на районе»", MEETING, 60, place="Чиланзар"),
            Step("Договориться о совместном показе", minutes=30),
            Step("Напомнить о встрече за день", MESSAGE, 15),
        )),
        Aim("realtors", "4 устных контракта с риелторами", "verbal_contract", 4, "mortgage", steps=(
            Step("Переговоры: что даёт каждая сторона", MEETING, 90, TODAY, OFFICE),
            Step("Согласовать вознаграждение за сделку", CONTRACT, 45),
            Step("Ответить на возражение про сроки", minutes=30),
            Step("Подготовить условия к переговорам", TASK, 45, TODAY, OFFICE),
            Step("Закрепить договорённость письмом", CONTRACT, 30, NOW),
            Step("Перенести встречу, если риелтор занят", minutes=15),
            Step("Проверить обещанное: срок ответа банка", TASK, 30, place=OFFICE),
        )),
        Aim("realtors_second", "20 звонков с ответом по вкладам", "calls", 20, "deposit", steps=(
            Step("Обзвон риелторов вторичного рынка", minutes=60, place=OFFICE),
            Step("Второй круг: не ответили", minutes=45),
            Step("Узнать, куда продавцы кладут деньги", CUSTDEV, 45),
            Step("Звонок продавцам после сделки", minutes=45, priority=TODAY),
            Step("Рассказать о вкладе на время покупки", minutes=30),
            Step("Звонок по рекомендации риелтора", minutes=30),
            Step("Собрать список сделок недели", TASK, 45, place=OFFICE),
        )),
        Aim("realtors_new", "Подключить 5 риелторов к заявке онлайн", "own", 5, own=("Подключённые риелторы", "чел."),
            steps=(
                Step("Показать заявку онлайн", MEETING, 45, TODAY, "Онлайн"),
                Step("Помочь с первой заявкой", minutes=30, priority=TODAY),
                Step("Разослать инструкцию", MESSAGE, 15),
                Step("Разобрать вопросы в чате", TASK, 30),
            )),
    ),
    (
        Step("Сверка заявок с сопровождением", TASK, 45, place=OFFICE),
        Step("Планёрка команды", MEETING, 45, place=OFFICE),
        Step("Отчёт по марже ипотеки", TASK, 45, TODAY, OFFICE),
    ),
    (
        Step("Договориться с нотариусами", minutes=30, priority=MONTH),
        Step("Показать расчёт прямо в чате риелторов", TASK, 45, MONTH),
        Step("Проверить спрос на вклад у продавцов дач", CUSTDEV, 45, MONTH),
    ),
)  # fmt: skip

PLANNERS = (AZIZA, TIMUR)
REVIEWS = (
    ("Встречи утром: из пяти состоялись четыре.", "Письма без звонка: ответил один из десяти."),
    ("Показ отчёта на месте снимает половину возражений.", "Обзвон после обеда: мало кто берёт трубку."),
    ("Второй звонок в тот же день тем, кто сомневался.", "Большой список за раз: не дошли до конца."),
)
