"""What the filters of the funnel offer: only rows that the reader may see. Five queries."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import people
from agents.choices import Kind
from agents.models import Initiative, Segment
from funnel.audience import teams_of
from leads.filters import NOBODY
from leads.models import Lead

Pairs = list[tuple[str, str]]
MOST_CHANNELS = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """For each dimension its values with names. ``kind_of`` tells whose segment a segment is."""

    names: Mapping[str, Mapping[str, str]]
    kind_of: Mapping[str, str]

    def pairs(self, name: str) -> Pairs:
        return [("", _("Все")), *((value, text) for value, text in self.names[name].items() if value != NOBODY)]

    def segments(self) -> list[tuple[str, str | Pairs]]:
        """Agents and clients apart, for two groups of one list."""
        groups: list[tuple[str, str | Pairs]] = [("", _("Все"))]
        for kind, label in ((Kind.AGENT, _("Агенты")), (Kind.CLIENT, _("Клиенты"))):
            own = [(pk, text) for pk, text in self.names["segment"].items() if self.kind_of.get(pk) == kind]
            if own:
                groups.append((label, own))
        return groups


def offered(user: User) -> Offered:
    none = {NOBODY: _("не указано")}
    segments = list(Segment.objects.visible_to(user).order_by("name").values_list("pk", "name", "kind"))
    initiatives = Initiative.objects.visible_to(user).order_by("name").values_list("pk", "name")
    names: dict[str, dict[str, str]] = {
        "initiative": none | {str(pk): name for pk, name in initiatives},
        "segment": none | {str(pk): name for pk, name, _kind in segments},
        "owner": {NOBODY: _("без владельца")} | {str(person.pk): person.name for person in people(user)},
        "team": none | {str(pk): name for pk, name in _teams(user)},
        "source": none | {channel: channel for channel in _channels(user)},
    }
    return Offered(names, {str(pk): kind for pk, _name, kind in segments})


def _teams(user: User) -> list[tuple[object, str]]:
    return list(teams_of(user).order_by("name").values_list("pk", "name"))


def _channels(user: User) -> list[str]:
    rows = Lead.objects.visible_to(user).exclude(source_channel="").order_by("source_channel")
    return list(rows.values_list("source_channel", flat=True).distinct()[:MOST_CHANNELS])
