"""The people of the tests: who heads what, who must never see whom.

```
Bank
├── North: head Nodira; Olim and Oksana are product owners, Lola generates leads, Kamila looks after accounts
│   └── North-Auto: head Nargiza, product owner Anvar
└── South: head Sardor; product owner Sitora
```

Admin Adiba and auditor Aziz stand outside the teams. Olim must never see Sitora's work, nor she his; Nodira sees
Anvar's, Nargiza does not see Olim's.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from accounts.models import Team, User
from accounts.roles import Role
from agents.models import Initiative, Product, Segment, Utp
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from common import clock
from funnel.models import Stage
from leads.drafts import LeadDraft
from leads.models import Lead
from leads.services.intake import take_in_one

PASSWORD = "demo-demo-demo"


@dataclass
class Office:
    _numbers: int = field(default=0)

    @cached_property
    def bank(self) -> Team:
        return Team.objects.create(name="Bank")

    @cached_property
    def north(self) -> Team:
        return Team.objects.create(name="North", parent=self.bank)

    @cached_property
    def north_auto(self) -> Team:
        return Team.objects.create(name="North-Auto", parent=self.north)

    @cached_property
    def south(self) -> Team:
        return Team.objects.create(name="South", parent=self.bank)

    def _user(self, name: str, role: str, team: Team | None) -> User:
        return User.objects.create_user(f"{name.lower()}@bank.test", PASSWORD, name=name, role=role, team=team)

    @cached_property
    def nodira(self) -> User:
        return self._user("Nodira", Role.SALES_HEAD, self.north)

    @cached_property
    def olim(self) -> User:
        return self._user("Olim", Role.PRODUCT_OWNER, self.north)

    @cached_property
    def oksana(self) -> User:
        return self._user("Oksana", Role.PRODUCT_OWNER, self.north)

    @cached_property
    def lola(self) -> User:
        return self._user("Lola", Role.LEAD_GENERATOR, self.north)

    @cached_property
    def kamila(self) -> User:
        return self._user("Kamila", Role.ACCOUNT_MANAGER, self.north)

    @cached_property
    def nargiza(self) -> User:
        return self._user("Nargiza", Role.SALES_HEAD, self.north_auto)

    @cached_property
    def anvar(self) -> User:
        return self._user("Anvar", Role.PRODUCT_OWNER, self.north_auto)

    @cached_property
    def sardor(self) -> User:
        return self._user("Sardor", Role.SALES_HEAD, self.south)

    @cached_property
    def sitora(self) -> User:
        return self._user("Sitora", Role.PRODUCT_OWNER, self.south)

    @cached_property
    def adiba(self) -> User:
        return self._user("Adiba", Role.ADMINISTRATOR, None)

    @cached_property
    def aziz(self) -> User:
        return self._user("Aziz", Role.AUDITOR, None)

    @cached_property
    def product(self) -> Product:
        return Product.objects.create(code="instalment", name="Рассрочка", margin=Decimal("420000"))

    @cached_property
    def segment(self) -> Segment:
        return Segment.objects.create(kind="agent", name="Оценщики", reach=100, owner=self.olim, team=self.north)

    @cached_property
    def utp(self) -> Utp:
        return Utp.objects.create(
            segment=self.segment, statement="Машина с оценкой банка продаётся быстрее", team=self.north
        )

    @cached_property
    def initiative(self) -> Initiative:
        return Initiative.objects.create(
            name="Оценка под брендом банка", product=self.product, owner=self.olim, team=self.north,
            starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
        )  # fmt: skip

    def stage(self, code: str, kind: str = "agent") -> Stage:
        return Stage.objects.of_kind(kind).get(code=code)

    def phone(self) -> str:
        self._numbers += 1
        return f"+99890{self._numbers:07d}"

    def lead(self, owner: User | None = None, *, name: str = "", kind: str = "agent", **fields: object) -> Lead:
        """A lead at the first stage with a contact of its own."""
        owner = owner or self.olim
        phone = self.phone()
        party = PartyDraft(kind=kind, name=name or f"Лид {phone[-4:]}", contacts=(ContactDraft("phone", phone),))
        draft = LeadDraft(kind=kind, party=party, owner=owner, fields=fields)
        return take_in_one(draft=draft, by=owner, at=clock.now())
