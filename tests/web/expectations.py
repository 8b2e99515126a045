"""What the policy allows: which cases are asked at all, and which answers each of them may get."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.web import policy
from tests.web.policy import Door, Rule, visible
from tests.web.world import World

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# What a method does that an address does not take is asked of these; the answer hangs on nobody's rights.
OF_WRONG_METHODS = frozenset({"anonymous", "olim", "aziz", "north"})
OF_HEAD = frozenset({"anonymous", "olim", "aziz", "reader"})
# Stand in the same places of the tree as others do; asked at the main addresses only.
DOUBLES = frozenset({"kamila", "nargiza", "sardor"})
# Two that must never meet, and the bank's own; the rest of the tree is asked about at the main addresses.
PUT_AWAY = frozenset({"shelved", "removed"})
TWO_SIDES = frozenset({"olim", "sitora", "bank"}) | PUT_AWAY
# Who is asked about what was shelved or removed: a mate of the owner, a head above, strangers, those who only read.
OF_SHELVED = frozenset({"olim", "nodira", "sitora", "aziz", "north"})
OF_REMOVED = frozenset({"adiba", "oksana", "aziz"})
READ = frozenset({200, 204, 302, 409})
READY = frozenset({200, 503})  # health says how the services are, which is not the matter here
WRITTEN = frozenset({200, 201, 202, 204, 302, 400, 409, 413, 415, 422, 428, 429})


@dataclass(frozen=True, slots=True)
class Case:
    rule: Rule
    actor: str
    method: str
    owner: str
    """Whose record: an owner's name, «bank», «missing», or «» for an address without one."""
    crossed: bool = False
    """Own record, but with a further parameter that names somebody else's."""

    def __str__(self) -> str:
        whose = f" of {self.owner}" if self.owner else ""
        return f"{self.method} {self.rule.name}{whose}{' crossed' if self.crossed else ''} as {self.actor}"


def owners_of(rule: Rule, world: World) -> list[str]:
    if not rule.of:
        return [""]
    names = world.of if rule.main else [name for name in world.of if name in TWO_SIDES]
    without = PUT_AWAY if rule.also else frozenset()  # their contacts and consents are not looked at besides
    return [*(name for name in names if rule.of in world.of[name] and name not in without), "missing"]


def cases(rules: Iterable[Rule], world: World, actors: Iterable[str] = policy.ACTORS) -> Iterator[Case]:
    for rule in rules:
        for actor in actors:
            for owner in owners_of(rule, world):
                for method in METHODS:
                    if _asked(rule, actor, method, owner):
                        yield Case(rule, actor, method, owner)
            if rule.also and actor == "olim":
                yield from (Case(rule, actor, method, "olim", crossed=True) for method in sorted(rule.methods))


def _asked(rule: Rule, actor: str, method: str, owner: str) -> bool:
    ours = owner in {"", "olim", "bank"}
    if actor in policy.DEAD_TOKENS:
        return ours and rule.is_api and method in rule.methods and rule.door not in {Door.PUBLIC, Door.OPERATOR}
    if actor in policy.BORROWERS:
        return owner in {"olim", "missing"} and rule.of in policy.LENT and method in rule.methods
    if actor == policy.MOVED:
        return owner in {"olim", "sitora"} and (rule.main or rule.of in policy.LENT) and method in rule.methods
    if owner in PUT_AWAY:
        return actor in (OF_SHELVED if owner == "shelved" else OF_REMOVED) and method in rule.methods
    if rule.is_page and actor in policy.SYSTEMS:
        return method == "GET" and ours  # a token is nobody to a page; one look is enough
    if not rule.main and actor in DOUBLES:
        return False
    if method in rule.methods:
        return True
    if method == "HEAD" and "GET" in rule.methods:
        return actor in OF_HEAD and (ours or rule.main)
    return actor in OF_WRONG_METHODS and ours


def taken(rule: Rule, method: str) -> bool:
    return method in rule.methods or (method == "HEAD" and "GET" in rule.methods)


def expected(case: Case) -> frozenset[int]:
    """The statuses that the policy allows."""
    return _of_machine(case) if case.rule.is_api else of_page(case)


def of_page(case: Case) -> frozenset[int]:
    rule, actor = case.rule, case.actor
    takes, unsafe = taken(rule, case.method), case.method in UNSAFE
    known = actor in policy.SIGNED_IN
    if not known and rule.door is not Door.PUBLIC:
        return frozenset({302})
    if not takes:
        # allauth turns away whoever is signed in, or asks too often, before it looks at the method.
        return frozenset({302, 405, 429}) if rule.name.startswith("account_") else frozenset({405})
    hidden = _hidden(case, unsafe or rule.door is Door.WRITERS)
    if _shut(rule, actor, unsafe):
        return frozenset({403, 404}) if hidden else frozenset({403})
    if hidden:
        # Taking away what is not there is done already, whether it is another's or nobody's.
        return frozenset({302, 404}) if case.crossed and unsafe else frozenset({404})
    return WRITTEN if unsafe else READ


def _hidden(case: Case, to_write: bool) -> bool:
    if case.crossed or case.owner in {"missing", "removed"}:
        return True
    return bool(case.rule.of) and not visible(case.rule.of, case.owner, case.actor, to_write=to_write)


def _shut(rule: Rule, actor: str, unsafe: bool) -> bool:
    if rule.door in {Door.PUBLIC, Door.OWN}:
        return False
    if rule.door is Door.ADMIN:
        return actor != "adiba"
    if rule.door is Door.SETTINGS:
        return actor != "adiba" and (unsafe or actor != "aziz")
    if actor in policy.BORROWERS and rule.name in policy.NEVER_LENT:
        return True
    return actor in policy.READ_ONLY and (unsafe or rule.door is Door.WRITERS)


def _of_machine(case: Case) -> frozenset[int]:
    rule, actor, unsafe = case.rule, case.actor, case.method in UNSAFE
    if rule.door is Door.PUBLIC:
        return READY if taken(rule, case.method) else frozenset({405})
    if rule.door is Door.OPERATOR:
        return frozenset({404}) if taken(rule, case.method) else frozenset({405})
    if actor in policy.SHUT_OUT:
        return frozenset({401})
    nouns = {Door.MACHINE: {"wrong"}, Door.DICTIONARY: {"wrong"}, Door.INTEGRATOR: {"wrong", "reader"}}
    closed = nouns.get(rule.door, ())
    refused = actor in closed or (actor in policy.READ_ONLY and unsafe)
    if not taken(rule, case.method):
        return frozenset({403, 405}) if refused else frozenset({405})
    if refused:
        return frozenset({403})
    if _hidden(case, unsafe):
        return frozenset({404})
    if rule.name in policy.HOLDS_NUMBERS and actor in policy.MASKED:
        return frozenset({403})
    if unsafe and rule.door is Door.DICTIONARY and actor != "adiba":
        return WRITTEN | {403}  # a body that does not fit is told before whose it is to write
    return WRITTEN if unsafe else frozenset({200})
