"""The region's people: three teams under one regional head, an administrator and an auditor outside the teams."""

from dataclasses import dataclass

from accounts import services
from accounts.models import Team, User
from accounts.roles import Role

REGION = "Ташкентский регион"
TEAMS = {"auto": "Авто", "home": "Жильё и вклады", "shop": "Рассрочка и карты"}


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody of the cast. ``signs_in`` are the people whose work a visitor tries first."""

    code: str
    name: str
    role: str
    team: str = ""
    signs_in: bool = False

    @property
    def email(self) -> str:
        return f"{self.code}@demo.local"


PARTS = (
    Part("owner", "Азиза Рахимова", Role.PRODUCT_OWNER, "auto", signs_in=True),
    Part("owner2", "Тимур Саидов", Role.PRODUCT_OWNER, "home", signs_in=True),
    Part("head", "Рустам Юсупов", Role.SALES_HEAD, "region", signs_in=True),
    Part("leadgen", "Лола Назарова", Role.LEAD_GENERATOR, "auto", signs_in=True),
    Part("kam", "Камила Ибрагимова", Role.ACCOUNT_MANAGER, "auto", signs_in=True),
    Part("admin", "Шерзод Мирзаев", Role.ADMINISTRATOR, signs_in=True),
    Part("auditor", "Марина Соколова", Role.AUDITOR, signs_in=True),
    Part("pak", "Дмитрий Пак", Role.PRODUCT_OWNER, "auto"),
    Part("volkova", "Екатерина Волкова", Role.PRODUCT_OWNER, "home"),
    Part("azimova", "Нодира Азимова", Role.SALES_HEAD, "home"),
    Part("kim", "Ольга Ким", Role.PRODUCT_OWNER, "shop"),
    Part("ergashev", "Жасур Эргашев", Role.PRODUCT_OWNER, "shop"),
    Part("karimova", "Гулнора Каримова", Role.ACCOUNT_MANAGER, "shop"),
    Part("litvinov", "Сергей Литвинов", Role.LEAD_GENERATOR, "shop"),
)


def gather(password: str) -> dict[str, User]:
    """Make teams and people, by their codes. The first administrator comes from nowhere, as in every bank.

    Only those whom a visitor is told of get a password: a dozen costly hashes would delay the first page.
    """
    part = next(part for part in PARTS if part.role == Role.ADMINISTRATOR)
    admin = User.objects.create_user(part.email, password, name=part.name, role=part.role)
    region = services.create_team(by=admin, name=REGION)
    teams: dict[str, Team | None] = {"": None, "region": region}
    for code, name in TEAMS.items():
        teams[code] = services.create_team(by=admin, name=name, parent=region)
    people = {part.code: admin}
    for part in PARTS:
        if part.code not in people:
            people[part.code] = services.create_user(
                by=admin, email=part.email, name=part.name, role=part.role, team=teams[part.team],
                password=password if part.signs_in else None,
            )  # fmt: skip
    return people
