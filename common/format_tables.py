"""Words and marks that differ between languages, for `common.formats`."""

from typing import Final, NamedTuple

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
DEFAULT: Final = "ru"


class Words(NamedTuple):
    """What one language needs to write numbers, dates, money and spans of time."""

    group: str
    point: str
    percent: str
    months: tuple[str, ...]
    months_short: tuple[str, ...]
    days_short: tuple[str, ...]
    thousands: tuple[str, str, str]
    minute: str
    hour: str
    day: str
    today: str
    yesterday: str
    tomorrow: str
    ago: str
    ahead: str
    now: str
    out_of: str
    interval: str
    points: str


RU: Final = Words(
    group=NBSP,
    point=",",
    percent=f"{NBSP}%",
    months=(
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ),
    months_short=(
        "янв.",
        "февр.",
        "мар.",
        "апр.",
        "мая",
        "июн.",
        "июл.",
        "авг.",
        "сент.",
        "окт.",
        "нояб.",
        "дек.",
    ),
    days_short=("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    thousands=("тыс.", "млн", "млрд"),
    minute="мин",
    hour="ч",
    day="дн.",
    today="сегодня",
    yesterday="вчера",
    tomorrow="завтра",
    ago="{} назад",
    ahead="через {}",
    now="только что",
    out_of="{} из {}",
    interval="интервал {}–{}",
    points="п. п.",
)

UZ: Final = Words(
    group=NBSP,
    point=",",
    percent="%",
    months=(
        "yanvar",
        "fevral",
        "mart",
        "aprel",
        "may",
        "iyun",
        "iyul",
        "avgust",
        "sentabr",
        "oktabr",
        "noyabr",
        "dekabr",
    ),
    months_short=("yan", "fev", "mar", "apr", "may", "iyn", "iyl", "avg", "sen", "okt", "noy", "dek"),
    days_short=("Dush", "Sesh", "Chor", "Pay", "Jum", "Shan", "Yak"),
    thousands=("ming", "mln", "mlrd"),
    minute="daq.",
    hour="soat",
    day="kun",
    today="bugun",
    yesterday="kecha",
    tomorrow="ertaga",
    ago="{} oldin",
    ahead="{} keyin",
    now="hozirgina",
    out_of="{1} tadan {0} ta",
    interval="oraliq {}–{}",
    points="f. p.",
)

EN: Final = Words(
    group=",",
    point=".",
    percent="%",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    months_short=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    days_short=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    thousands=("k", "m", "bn"),
    minute="min",
    hour="h",
    day="d",
    today="today",
    yesterday="yesterday",
    tomorrow="tomorrow",
    ago="{} ago",
    ahead="in {}",
    now="just now",
    out_of="{} of {}",
    interval="interval {}–{}",
    points="pp",
)

WORDS: Final[dict[str, Words]] = {"ru": RU, "uz": UZ, "en": EN}

# The name of a currency as it stands beside a sum; in English it goes before the figure.
CURRENCY: Final[dict[str, dict[str, str]]] = {
    "UZS": {"ru": "сум", "uz": "so\u02bbm", "en": "UZS"},
    "RUB": {"ru": "₽", "uz": "₽", "en": "₽"},
    "USD": {"ru": "$", "uz": "$", "en": "$"},
    "EUR": {"ru": "€", "uz": "€", "en": "€"},
}
