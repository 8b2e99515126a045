"""A finding is read by the whole bank: names, phones, e-mails and numbers of one's agents and clients stay out of it.

What is looked for: names of the parties that the author sees and of their contacts, in any case and word order, a
surname alone; their phones in any form and any number written as a phone; any e-mail; their nicks and tax numbers and
any well-formed PINFL. Candidates are found by two queries for the whole text, however long; the words are compared
here. When in doubt a text is refused: it is easier to say it in other words than to take a name back.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from agents.choices import ContactType, LegalForm
from agents.models import Contact, Party
from common import phones, taxid
from common.text import fold

GONE = "…"
_WORD = re.compile(r"[^\W\d_](?:[\w'ʻʼ‘’`]*\w)?")
_DIGITS = re.compile(r"\+?\d[\d\s\u00a0().–-]{4,}\d")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NICK = re.compile(r"(?<![\w.])@\w{4,}")
_SURNAME = re.compile(r"(ов|ев|ин|ый|ова|ева|ина|ский|ская|нко|ян|дзе|ov|ev|in|ova|eva|ina)")
_FORMS = frozenset({
    "ооо", "оао", "зао", "ао", "ип", "чп", "пао", "мчж", "хк", "ок", "mchj", "ooo", "llc", "xk", "yatt", "ят",
})  # fmt: skip
_PHONE_LENGTHS = range(11, 16)


@dataclass(frozen=True, slots=True)
class Leak:
    """Something personal in a text: where it stands (``start`` to ``end`` of the field) and what it looks like."""

    field: str
    start: int
    end: int
    text: str
    what: str


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text. ``key`` is folded."""

    key: str
    start: int
    end: int
    capital: bool


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody's name in folded words, without the legal form."""

    words: tuple[str, ...]
    of_person: bool


def leaks_in(texts: Mapping[str, str], people: Iterable[User]) -> list[Leak]:
    """What would tell who the agents and clients of these people are; in the order of the fields."""
    words = {field: _tokens(text) for field, text in texts.items()}
    parties = _parties(people)
    names = list(_names(parties, {token.key for tokens in words.values() for token in tokens}))
    numbers = {re.sub(r"\D", "", text) for raw in texts.values() for text in _DIGITS.findall(raw)}
    known = _known(parties, numbers, {nick.casefold() for raw in texts.values() for nick in _NICK.findall(raw)})
    found = []
    for field, text in texts.items():
        spans = [*_named(words[field], names), *_numbered(text, known), *_addressed(text, known)]
        found += [Leak(field, start, end, text[start:end], what) for start, end, what in _apart(spans)]
    return found


def without(texts: Mapping[str, str], leaks: Iterable[Leak]) -> dict[str, str]:
    """The same texts with an ellipsis in place of each leak."""
    clean = dict(texts)
    for leak in sorted(leaks, key=lambda one: one.start, reverse=True):
        clean[leak.field] = clean[leak.field][: leak.start] + GONE + clean[leak.field][leak.end :]
    return clean


def _tokens(text: str) -> list[Token]:
    return [Token(fold(m.group()), m.start(), m.end(), m.group()[0].isupper()) for m in _WORD.finditer(text)]


def _parties(people: Iterable[User]) -> Any:
    rows = Party.objects.none()
    for person in {person.pk: person for person in people}.values():
        rows = rows | Party.objects.visible_to(person)
    return rows.order_by()


def _names(parties: Any, words: Iterable[str]) -> Iterator[Name]:
    """Names that have a word in common with the text, or nearly so: endings are cut, the comparison is made later."""
    heads = sorted({re.escape(word[: max(3, len(word) - 4)]) for word in words if len(word) >= 3})
    if not heads:
        return
    pattern = rf"\m({'|'.join(heads)})"
    for key, form in parties.filter(sort_key__regex=pattern).values_list("sort_key", "legal_form"):
        yield _name(key, of_person=form == LegalForm.PERSON)
    contacts = Contact.objects.filter(party__in=parties.values("pk"), person__iregex=pattern)
    for person in contacts.values_list("person", flat=True).distinct():
        yield _name(fold(person), of_person=True)


def _name(key: str, *, of_person: bool) -> Name:
    return Name(tuple(w for w in _WORD.findall(key) if len(w) > 1 and w not in _FORMS), of_person)


def _named(tokens: Sequence[Token], names: Iterable[Name]) -> Iterator[tuple[int, int, str]]:
    what = _("имя")
    for name in names:
        for first, last in _runs(tokens, name):
            if _tells(tokens[first : last + 1], name):
                yield tokens[first].start, tokens[last].end, what


def _runs(tokens: Sequence[Token], name: Name) -> Iterator[tuple[int, int]]:
    """Stretches of neighbouring words that are all words of the name, none of them twice."""
    first, left = None, list(name.words)
    for index, token in enumerate([*tokens, Token("", 0, 0, False)]):
        word = next((word for word in left if _same(token.key, word)), None)
        if word is not None:
            left.remove(word)
            first = index if first is None else first
        elif first is not None:
            yield first, index - 1
            first, left = None, list(name.words)


def _tells(run: Sequence[Token], name: Name) -> bool:
    """Whether these words give the name away: two of a person's or his surname, all but one of a firm's three."""
    needed = 2 if name.of_person else max(2, len(name.words) - (len(name.words) > 2))
    if len(run) >= needed:
        return name.of_person or any(t.capital for t in run) or all(t.key in name.words for t in run)
    if len(name.words) == 1:
        return run[0].capital and len(run[0].key) >= 4
    return name.of_person and any(
        token.capital and len(word) >= 5 and _SURNAME.search(word[-4:]) is not None and _same(token.key, word)
        for token in run
        for word in name.words
    )


def _same(a: str, b: str) -> bool:
    """The same word, perhaps in another case: «Каримов» and «Каримовым»."""
    if a == b:
        return True
    short = min(len(a), len(b))
    if short < 4 or abs(len(a) - len(b)) > 3:
        return False
    head = max(3, short - 2)
    return a[:head] == b[:head] and max(len(a), len(b)) - head <= 4


@dataclass(frozen=True, slots=True)
class Known:
    """Contacts and tax numbers of the parties, of those that the texts may hold."""

    digits: frozenset[str]
    nicks: frozenset[str]


def _known(parties: Any, numbers: Iterable[str], nicks: Iterable[str]) -> Known:
    keys, taxes = set(nicks) | {nick.lstrip("@") for nick in nicks}, set(numbers)
    for number in numbers:
        keys |= {phone for phone in (phones.normalise(number), phones.normalise(f"+{number}")) if phone}
    if not keys and not taxes:
        return Known(frozenset(), frozenset())
    own = set(Contact.objects.filter(party__in=parties.values("pk"), key__in=keys).values_list("key", flat=True))
    tax = set(parties.filter(tax_id__in=taxes).exclude(tax_id="").values_list("tax_id", flat=True))
    return Known(frozenset(own | tax), frozenset(nick.lstrip("@").casefold() for nick in own))


def _numbered(text: str, known: Known) -> Iterator[tuple[int, int, str]]:
    for match in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        plus = match.group().startswith("+")
        forms = {phones.normalise(digits), phones.normalise(f"+{digits}")} - {None}
        long_form = len(digits) in _PHONE_LENGTHS and bool(forms)
        if forms & known.digits or (plus and forms) or (long_form and digits[:1] in "789"):
            yield match.start(), match.end(), _("телефон")
        elif digits in known.digits or (len(digits) == 14 and taxid.is_valid(digits)):
            yield match.start(), match.end(), _("ИНН или ПИНФЛ")


def _addressed(text: str, known: Known) -> Iterator[tuple[int, int, str]]:
    for match in _MAIL.finditer(text):
        yield match.start(), match.end(), str(ContactType.EMAIL.label).lower()
    for match in _NICK.finditer(text):
        if match.group()[1:].casefold() in known.nicks:
            yield match.start(), match.end(), str(ContactType.TELEGRAM.label)


def _apart(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The longest of those that overlap, in order of the text."""
    kept: list[tuple[int, int, str]] = []
    for start, end, what in sorted(set(spans), key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other[0] or start >= other[1] for other in kept):
            kept.append((start, end, what))
    return sorted(kept)
