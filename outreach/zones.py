"""The hours of a city. Banks of two countries write to agents across eleven zones; a city not named here has its
owner's hours."""

from zoneinfo import ZoneInfo

from common.text import fold

_CITIES = {
    "Asia/Tashkent": "ташкент тошкент toshkent tashkent самарканд samarqand samarkand бухара buxoro андижан andijon "
    "наманган namangan фергана fargʻona коканд qoʻqon карши qarshi термез termiz нукус nukus ургенч urganch хива xiva "
    "джизак jizzax гулистан guliston навои navoiy чирчик chirchiq ангрен angren",
    "Asia/Almaty": "алматы астана шымкент",
    "Europe/Kaliningrad": "калининград",
    "Europe/Moscow": "москва санкт-петербург казань краснодар ростов-на-дону воронеж сочи ярославль тула рязань "
    "нижний_новгород пенза липецк курск белгород мурманск архангельск махачкала ставрополь",
    "Europe/Samara": "самара тольятти ижевск",
    "Europe/Saratov": "саратов",
    "Asia/Yekaterinburg": "екатеринбург челябинск уфа пермь тюмень оренбург сургут магнитогорск",
    "Asia/Omsk": "омск",
    "Asia/Novosibirsk": "новосибирск",
    "Asia/Krasnoyarsk": "красноярск новокузнецк кемерово",
    "Asia/Irkutsk": "иркутск улан-удэ",
    "Asia/Yakutsk": "якутск чита благовещенск",
    "Asia/Vladivostok": "владивосток хабаровск",
    "Asia/Magadan": "магадан",
    "Asia/Kamchatka": "петропавловск-камчатский",
}
_ZONES = {fold(city.replace("_", " ")): zone for zone, cities in _CITIES.items() for city in cities.split()}


def zone_of(city: str, default: ZoneInfo) -> ZoneInfo:
    """The zone of a city as people write it («г. Москва»), else ``default``."""
    name = fold(city).removeprefix("г.").removeprefix("город ").strip()
    return ZoneInfo(_ZONES[name]) if name in _ZONES else default
