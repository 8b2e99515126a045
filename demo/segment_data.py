"""The map of segments: twenty of agents, twenty of clients. ``pull`` says how well their UTP works against the mean."""

from dataclasses import dataclass, field

from agents.choices import Kind

AGENT, CLIENT = Kind.AGENT, Kind.CLIENT


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """``leads`` is how many the story tells of; ``trade`` names its firms, empty where agents are people."""

    code: str
    kind: str
    name: str
    initiative: str
    reach: int
    leads: int
    pull: float = 1.0
    parent: str = ""
    abc: str = "B"
    sharpness: int = 5
    trade: str = ""
    traits: dict[str, str] = field(default_factory=dict)


SEGMENTS = (
    SegmentPlan(
        "appraisers", AGENT, "Оценщики б/у авто (объявления на площадке за 2 месяца)", "appraisal", 100, 12, 1.4,
        abc="A", sharpness=9, traits={"признак": "от 3 объявлений за 2 месяца"},
    ),
    SegmentPlan("appraisers_chevrolet", AGENT, "Оценщики: Chevrolet", "appraisal", 50, 34, 1.5, "appraisers", "A", 9,
                traits={"марка": "Chevrolet"}),
    SegmentPlan("appraisers_kia", AGENT, "Оценщики: Kia и Hyundai", "appraisal", 24, 16, 1.3, "appraisers", "A", 8,
                traits={"марка": "Kia, Hyundai"}),
    SegmentPlan("appraisers_premium", AGENT, "Оценщики: дороже 300 млн сум", "appraisal", 16, 10, 1.35, "appraisers",
                "B", 7, traits={"цена": "от 300 млн сум"}),
    SegmentPlan("dealers", AGENT, "Автосалоны б/у авто", "car_loan", 60, 8, 1.0, abc="A", sharpness=7, trade="Avto"),
    SegmentPlan("dealers_market", AGENT, "Автосалоны: рынок Сергели", "car_loan", 40, 30, 1.1, "dealers", "A", 7,
                "Motors", {"место": "рынок Сергели"}),
    SegmentPlan("dealers_region", AGENT, "Автосалоны: область", "car_loan", 20, 14, 0.8, "dealers", "C", 5, "Avto",
                {"место": "Ташкентская область"}),
    SegmentPlan("realtors", AGENT, "Риелторы Ташкента", "mortgage", 180, 20, 0.95, abc="A", sharpness=8),
    SegmentPlan("realtors_new", AGENT, "Риелторы: новостройки", "mortgage", 75, 60, 1.05, "realtors", "A", 8,
                traits={"жильё": "новостройки"}),
    SegmentPlan("realtors_second", AGENT, "Риелторы: вторичное жильё", "deposit", 90, 72, 0.85, "realtors", "B", 6,
                traits={"жильё": "вторичное"}),
    SegmentPlan("furniture", AGENT, "Магазины мебели", "instalment", 80, 30, 1.1, abc="B", sharpness=7, trade="Mebel"),
    SegmentPlan("furniture_bazaar", AGENT, "Мебель: рынок Урикзор", "instalment", 30, 26, 1.2, "furniture", "A", 8,
                "Mebel", {"место": "рынок Урикзор"}),
    SegmentPlan("electronics", AGENT, "Магазины бытовой техники", "instalment", 70, 38, 0.9, abc="B", trade="Texnika"),
    SegmentPlan("electronics_online", AGENT, "Техника: продавцы на маркетплейсах", "instalment", 25, 20, 0.75,
                "electronics", "C", 4, "Market", {"место": "маркетплейс"}),
    SegmentPlan("accountants", AGENT, "Бухгалтеры на аутсорсе", "card", 60, 52, 1.05, sharpness=6),
    SegmentPlan("insurance", AGENT, "Страховые агенты", "card", 90, 77, 0.6, abc="C", sharpness=3),
    SegmentPlan("education", AGENT, "Учебные центры", "card", 50, 40, 0.8, abc="C", sharpness=4, trade="Taʼlim"),
    SegmentPlan("travel", AGENT, "Турагентства", "card", 40, 24, 0.7, abc="C", sharpness=4, trade="Travel"),
    SegmentPlan("clinics", AGENT, "Частные клиники", "card", 45, 12, 0.9, abc="C", sharpness=6, trade="Med"),
    SegmentPlan("clinics_implants", AGENT, "Стоматологии: импланты", "card", 15, 5, 1.2, "clinics", "B", 8, "Dent",
                {"услуга": "импланты"}),
    SegmentPlan("sellers", CLIENT, "Продавцы б/у авто, Ташкент", "appraisal", 1000, 60, 1.1, abc="A", sharpness=8),
    SegmentPlan("sellers_new", CLIENT, "Продавцы: Chevrolet до 5 лет", "appraisal", 420, 330, 1.15, "sellers", "A", 8,
                traits={"марка": "Chevrolet", "возраст": "до 5 лет"}),
    SegmentPlan("sellers_old", CLIENT, "Продавцы: Chevrolet старше 5 лет", "appraisal", 260, 190, 1.3, "sellers", "A",
                9, traits={"марка": "Chevrolet", "возраст": "старше 5 лет"}),
    SegmentPlan("sellers_kia", CLIENT, "Продавцы: Kia и Hyundai", "appraisal", 170, 120, 0.9, "sellers", "B", 6,
                traits={"марка": "Kia, Hyundai"}),
    SegmentPlan("sellers_dear", CLIENT, "Продавцы: дороже 300 млн сум", "appraisal", 90, 55, 0.7, "sellers", "B", 5,
                traits={"цена": "от 300 млн сум"}),
    SegmentPlan("buyers", CLIENT, "Покупатели б/у авто, Ташкент", "car_loan", 1400, 150, 0.95, abc="A", sharpness=7),
    SegmentPlan("buyers_first", CLIENT, "Покупатели: первый автомобиль", "car_loan", 500, 240, 0.9, "buyers", "B", 6),
    SegmentPlan("buyers_swap", CLIENT, "Покупатели: обмен с доплатой", "car_loan", 380, 170, 1.2, "buyers", "A", 8),
    SegmentPlan("flats", CLIENT, "Покупатели квартир", "mortgage", 900, 60, 1.0, abc="A", sharpness=8),
    SegmentPlan("flats_new", CLIENT, "Квартиры: новостройки", "mortgage", 450, 210, 1.05, "flats", "A", 8,
                traits={"жильё": "новостройки"}),
    SegmentPlan("flats_second", CLIENT, "Продавцы вторичного жилья", "deposit", 380, 190, 0.8, "flats", "B", 5,
                traits={"жильё": "вторичное"}),
    SegmentPlan("home_goods", CLIENT, "Покупатели мебели и техники", "instalment", 2000, 80, 1.0, sharpness=6),
    SegmentPlan("home_goods_young", CLIENT, "Мебель и техника: молодожёны", "instalment", 600, 140, 1.2, "home_goods",
                "A", 8),
    SegmentPlan("home_goods_new", CLIENT, "Мебель и техника: новосёлы", "instalment", 550, 120, 1.1, "home_goods",
                "B", 7),
    SegmentPlan("makers", CLIENT, "Предприниматели (ИП)", "card", 700, 30, 0.9),
    SegmentPlan("makers_trade", CLIENT, "ИП: торговля", "card", 300, 100, 1.0, "makers", "B", 6),
    SegmentPlan("makers_service", CLIENT, "ИП: услуги", "card", 250, 70, 0.75, "makers", "C", 4),
    SegmentPlan("students", CLIENT, "Слушатели курсов и их родители", "card", 800, 45, 0.7, abc="C", sharpness=4),
    SegmentPlan("travellers", CLIENT, "Покупатели туров", "card", 500, 28, 0.6, abc="C", sharpness=3),
    SegmentPlan("patients", CLIENT, "Пациенты частных клиник", "card", 400, 12, 1.1, abc="C", sharpness=7),
)  # fmt: skip
