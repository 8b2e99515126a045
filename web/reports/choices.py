"""What the filters of the reports offer: only rows that the reader may see. Ten queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.scope import people, scope_of
from agents.choices import Kind
from agents.models import Initiative, Segment, Utp
from funnel.audience import audience_of
from funnel.figures import sources
from funnel.models import Funnel
from leads.filters import NOBODY

Pairs = list[tuple[str, str]]
Groups = list[tuple[str, str | Pairs]]
MOST_CHANNELS = 200
INDENT = "\u2003"


@dataclass(frozen=True, slots=True)
class Offered:
    """For each dimension its values with names. ``kind_of`` tells whose segment a segment is."""

    names: Mapping[str, Mapping[str, str]]
    kind_of: Mapping[str, str]
    depth: Mapping[str, int]
    funnels: Mapping[str, Funnel]

    def choices(self, name: str) -> Groups:
        if name == "segment":
            return self._segments()
        found: Groups = [("", _("Все"))]
        for value, text in self.names[name].items():
            if value != NOBODY:
                found.append((value, f"{INDENT * self.depth.get(value, 0)}{text}"))
        return found

    def _segments(self) -> Groups:
        """Agents and clients apart, for two groups of one list."""
        groups: Groups = [("", _("Все"))]
        for kind, label in ((Kind.AGENT, _("Агенты")), (Kind.CLIENT, _("Клиенты"))):
            own = [(pk, text) for pk, text in self.names["segment"].items() if self.kind_of.get(pk) == kind]
            if own:
                groups.append((label, own))
        return groups


def offered(user: User) -> Offered:
    none = {NOBODY: _("не указано")}
    segments = list(Segment.objects.visible_to(user).order_by("name").values_list("pk", "name", "kind"))
    initiatives = Initiative.objects.visible_to(user).order_by("name").values_list("pk", "name")
    utps = Utp.objects.visible_to(user).order_by("statement").values_list("pk", "statement")
    teams = list(_tree(user))
    owners = people(user).values_list("pk", "name")
    names: dict[str, dict[str, str]] = {
        "team": none | {str(team.pk): team.name for team, _depth in teams},
        "owner": {NOBODY: _("без владельца")} | {str(pk): name for pk, name in owners},
        "segment": none | {str(pk): name for pk, name, _kind in segments},
        "utp": none | {str(pk): statement for pk, statement in utps},
        "initiative": none | {str(pk): name for pk, name in initiatives},
        "source": none | {channel: channel for channel in sources(audience_of(user))[:MOST_CHANNELS]},
    }
    return Offered(
        names=names,
        kind_of={str(pk): kind for pk, _name, kind in segments},
        depth={str(team.pk): depth for team, depth in teams},
        funnels={funnel.code: funnel for funnel in sorted(Funnel.objects.all(), key=_place)},
    )


def _place(funnel: Funnel) -> tuple[bool, bool, str, str]:
    """Agents, clients, then those of products; what is out of use comes last."""
    return not funnel.active, funnel.product_id is not None, funnel.kind, funnel.name


def _tree(user: User) -> Iterable[tuple[Team, int]]:
    """The part of the tree that lies in the reader's scope, each team under its parent, siblings by name."""
    scope = scope_of(user)
    seen = Team.objects.all() if scope.everything else Team.objects.filter(pk__in=scope.team_ids)
    rows = list(seen.order_by("name"))
    here = {team.pk for team in rows}
    children: dict[UUID | None, list[Team]] = {}
    for team in rows:
        children.setdefault(team.parent_id if team.parent_id in here else None, []).append(team)
    waiting = [(team, 0) for team in reversed(children.get(None, []))]
    while waiting:
        team, depth = waiting.pop()
        yield team, depth
        waiting += [(below, depth + 1) for below in reversed(children.get(team.pk, []))]
