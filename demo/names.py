"""People, firms and their numbers: invented, well-formed, each once."""

from random import Random

from stdnum.ru import inn

from common.taxid import pinfl_check_digit

UZ_SURNAMES = (
    "Karimov", "Rahimov", "Toʻrayev", "Joʻrayev", "Oʻrinov", "Gʻulomov", "Xoʻjayev", "Yoʻldoshev", "Abdullayev",
    "Saidov", "Ergashev", "Tursunov", "Nazarov", "Mirzayev", "Qodirov", "Sultonov", "Ismoilov", "Hakimov",
    "Rasulov", "Boʻriyev", "Normurodov", "Eshonqulov", "Sobirov", "Tojiboyev", "Usmonov", "Xolmatov", "Zokirov",
    "Berdiyev", "Doʻstov", "Fayziyev", "Gʻofurov", "Haydarov", "Isroilov", "Jalilov", "Komilov", "Mahmudov",
)  # fmt: skip
UZ_MEN = (
    "Olim", "Jasur", "Bekzod", "Sherzod", "Otabek", "Ulugʻbek", "Doʻstmurod", "Sardor", "Farruh", "Ravshan",
    "Gʻayrat", "Bobur", "Dilshod", "Eldor", "Javlon", "Kamol", "Mansur", "Nodir", "Odil", "Rustam", "Shuhrat",
    "Toʻlqin", "Umid", "Zafar", "Akmal", "Baxtiyor",
)  # fmt: skip
UZ_WOMEN = (
    "Nodira", "Gulnora", "Dilfuza", "Zulfiya", "Madina", "Feruza", "Oʻgʻiloy", "Shahnoza", "Kamola", "Umida",
    "Barno", "Dildora", "Gulchehra", "Iroda", "Lobar", "Malika", "Nargiza", "Ozoda", "Roʻzigul", "Sevara",
)  # fmt: skip
RU_SURNAMES = (
    "Иванов", "Соколов", "Кузнецов", "Волков", "Морозов", "Лебедев", "Семёнов", "Егоров", "Павлов", "Козлов",
    "Степанов", "Николаев", "Орлов", "Андреев", "Макаров", "Никитин", "Захаров", "Соловьёв", "Борисов", "Яковлев",
    "Григорьев", "Романов", "Воробьёв", "Сергеев", "Фролов", "Тарасов", "Белов", "Комаров", "Киселёв", "Ильин",
)  # fmt: skip
KOREAN_SURNAMES = ("Ким", "Пак", "Цой", "Тен", "Хан", "Ли", "Югай", "Хегай")
RU_MEN = (
    "Сергей", "Алексей", "Дмитрий", "Андрей", "Игорь", "Виктор", "Павел", "Артём", "Роман", "Денис", "Олег",
    "Максим", "Евгений", "Владимир", "Константин", "Николай", "Антон", "Фёдор",
)  # fmt: skip
RU_WOMEN = (
    "Ирина", "Анна", "Елена", "Ольга", "Наталья", "Марина", "Светлана", "Юлия", "Татьяна", "Екатерина",
    "Виктория", "Алёна", "Дарья", "Ксения", "Людмила", "Вера",
)  # fmt: skip
FIRM_WORDS = (
    "Silk", "Orient", "Buxoro", "Samarqand", "Registon", "Zarafshon", "Chorsu", "Oltin", "Yangi", "Sharq", "Baraka",
    "Humo", "Turon", "Afrosiyob", "Navroʻz", "Ipak", "Umid", "Mezon", "Sarbon", "Chilonzor", "Anhor", "Bogʻishamol",
)  # fmt: skip
MOBILE = ("90", "91", "93", "94", "95", "97", "98", "99", "33", "88")


class Names:
    """Draws names and numbers; no phone and no tax number comes twice."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._phones: set[str] = set()
        self._numbers: set[str] = set()
        self._firms: dict[str, int] = {}

    def person(self) -> str:
        """An Uzbek name in Latin letters, or a Russian or Korean one in Cyrillic."""
        pick, woman = self.random.choice, self.random.random() < 0.45
        if self.random.random() < 0.58:
            surname = pick(UZ_SURNAMES)
            return f"{surname}a {pick(UZ_WOMEN)}" if woman else f"{surname} {pick(UZ_MEN)}"
        if self.random.random() < 0.25:
            return f"{pick(KOREAN_SURNAMES)} {pick(RU_WOMEN if woman else RU_MEN)}"
        surname = pick(RU_SURNAMES)
        return f"{surname}а {pick(RU_WOMEN)}" if woman else f"{surname} {pick(RU_MEN)}"

    def firm(self, trade: str) -> str:
        """«Silk Avto» MChJ; a name that comes again gets a number, as registries do."""
        name = f"{self.random.choice(FIRM_WORDS)} {trade}"
        times = self._firms[name] = self._firms.get(name, 0) + 1
        tail = f" {times}" if times > 1 else ""
        return f"«{name}{tail}» " + self.random.choice(("MChJ", "ООО", "XK"))

    def phone(self) -> str:
        while True:
            number = f"+998{self.random.choice(MOBILE)}{self.random.randrange(2_000_000, 9_999_999)}"
            if number not in self._phones:
                self._phones.add(number)
                return number

    def tax_id(self, *, firm: bool) -> str:
        """A firm's STIR; a person's PINFL, or now and then a Russian INN: check digits are right."""
        while True:
            number = self._stir() if firm else self._inn() if self.random.random() < 0.08 else self._pinfl()
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def _stir(self) -> str:
        return f"{self.random.choice('23')}{self.random.randrange(10**8):08d}"

    def _pinfl(self) -> str:
        """Century and sex, birth day, district, number of the day, check digit."""
        born = f"{self.random.randint(1, 28):02d}{self.random.randint(1, 12):02d}{self.random.randint(60, 99):02d}"
        first = f"{self.random.choice('34')}{born}{self.random.randrange(10**6):06d}"
        return f"{first}{pinfl_check_digit(first)}"

    def _inn(self) -> str:
        first = f"77{self.random.randrange(10**8):08d}"
        return first + inn.calc_personal_check_digits(first)
