"""One search over leads, agents, clients, segments and initiatives, however the words were typed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Length, Lower

from accounts.models import User
from agents.choices import Kind
from agents.models import Agent, Client, Initiative, Party, Segment
from agents.querysets import party_match
from common.text import fold, one_line
from common.translit import other_layout, to_cyrillic, to_latin
from leads.choices import Outcome
from leads.models import Lead

LONGEST, SHORTEST = 100, 2
# Under this length a misspelt word is alike to half the base.
ALIKE_FROM = 5
_MARKED = re.compile("[og]")
_FOLDED = ("ёʻʼ‘’`´ʹ′", "е''''''''")


@dataclass(frozen=True, slots=True)
class Found:
    """The best of each kind, and whether there are more."""

    leads: Sequence[Lead] = ()
    agents: Sequence[Party] = ()
    clients: Sequence[Party] = ()
    segments: Sequence[Segment] = ()
    initiatives: Sequence[Initiative] = ()
    more: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return any((self.leads, self.agents, self.clients, self.segments, self.initiatives))


def spellings(text: str) -> tuple[str, ...]:
    """The words as typed, as the same keys give on the other layout, in Latin and in Cyrillic letters; folded."""
    typed = fold(one_line(text)[:LONGEST])
    variants = (typed, fold(other_layout(typed)), to_latin(typed), fold(to_cyrillic(typed)))
    return tuple(dict.fromkeys(variant for variant in variants if len(variant) >= SHORTEST))


def search(user: User, text: str, *, limit: int = 5) -> Found:
    """What the reader may see, best first, at most ``limit`` a kind. Four queries besides those of his scope."""
    words = spellings(text)
    if not words:
        return Found()
    parties = _parties(user, words, text, limit)
    groups: dict[str, list[object]] = {
        "leads": list(_leads(user, words, text)[: limit + 1]),
        "agents": [party for party in parties if party.kind == Kind.AGENT],
        "clients": [party for party in parties if party.kind == Kind.CLIENT],
        "segments": list(_named(Segment.objects.for_list().visible_to(user), words, text)[: limit + 1]),
        "initiatives": list(_named(Initiative.objects.for_list().visible_to(user), words, text)[: limit + 1]),
    }
    more = frozenset(name for name, rows in groups.items() if len(rows) > limit)
    return Found(**{name: rows[:limit] for name, rows in groups.items()}, more=more)  # type: ignore[arg-type]


def _parties(user: User, words: Sequence[str], text: str, limit: int) -> list[Party]:
    """Agents and clients in one query: the best of each kind."""
    halves = [
        _ranked(model.objects.filter(pk__in=_alike(model.objects.visible_to(user), words, text)), words, "sort_key")
        for model in (Agent, Client)
    ]
    ids = halves[0][: limit + 1].values("pk").union(halves[1][: limit + 1].values("pk"), all=True)
    rows = Party.objects.visible_to(user).for_list().filter(pk__in=ids)
    return list(_ranked(rows, words, "sort_key"))


def _leads(user: User, words: Sequence[str], text: str) -> Any:
    visible = Lead.objects.visible_to(user)
    ids = _alike(visible, words, text, "party__").union(visible.order_by().filter(_identity(text)).values("pk"))
    rows = visible.for_list().filter(pk__in=ids)
    still_open = Case(When(outcome=Outcome.OPEN, then=0), default=1, output_field=IntegerField())
    return _ranked(rows.annotate(closed=still_open), words, "party__sort_key", "closed")


def _named(rows: Any, words: Sequence[str], text: str) -> Any:
    """Their names carry no folded key: there are few of them, and the fold costs little."""
    folded = Func(Lower("name"), Value(_FOLDED[0]), Value(_FOLDED[1]), function="translate")
    match = Q()
    for spelling in words:
        match |= _all_words("folded", spelling)
    return _ranked(rows.annotate(folded=folded).filter(match | _identity(text)), words, "folded")


def _alike(visible: Any, words: Sequence[str], text: str, prefix: str = "") -> Any:
    """Ids by the party's name in any spelling, nearly so where the word is long enough; by phone, tax number, id.

    A union and not a disjunction: each part goes by its own index, where together they read a million rows. Each keeps
    to what is visible, so that a short list is walked and a long one is searched.
    """
    named = Q()
    for spelling in words:
        named |= _all_words(f"{prefix}sort_key", spelling)
    if len(words[0]) >= ALIKE_FROM and not words[0].lstrip("+").isdigit():
        named |= Q(**{f"{prefix}sort_key__trigram_word_similar": words[0]})
    parts = (named, party_match(text, prefix), _identity(text, prefix))
    first, *others = (visible.order_by().filter(part).values("pk") for part in parts if part)
    return first.union(*others)


def _all_words(column: str, spelling: str) -> Q:
    match = Q()
    for word in spelling.split():
        match &= _word(column, word)
    return match


def _word(column: str, word: str) -> Q:
    """People leave out the apostrophe of oʻ and gʻ; the trigram index serves the pattern as it does plain words."""
    if "'" in word or not _MARKED.search(word):
        return Q(**{f"{column}__contains": word})
    return Q(**{f"{column}__regex": _MARKED.sub(r"\g<0>'?", re.escape(word))})


def _identity(text: str, prefix: str = "") -> Q:
    """Our own id, or the number in another system, whole."""
    given = text.strip()
    match = Q(**{f"{prefix}external_id": given})
    try:
        return match | Q(**{f"{prefix}pk": UUID(given)})
    except ValueError:
        return match


def _ranked(rows: Any, words: Sequence[str], column: str, *then: str) -> Any:
    """Names that start with the words first, then those that contain them, then the merely alike."""
    whens = [When(**{f"{column}__startswith": spelling}, then=place) for place, spelling in enumerate(words)]
    inside = [When(**{f"{column}__contains": spelling}, then=10 + place) for place, spelling in enumerate(words)]
    rank = Case(*whens, *inside, default=99, output_field=IntegerField())
    return rows.annotate(rank=rank).order_by("rank", *then, Length(F(column)), F(column), "pk")
