"""The journal of calls as what a second person is asked to agree to."""

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from approvals.choices import Deed
from approvals.subject import Mass, Words
from common import clock
from common.errors import Invalid
from web.calls.asking import SPANS, Asked, ask
from web.foureyes import conditions_of
from web.pages import person


def subject_of_calls(request: HttpRequest, query: QueryDict) -> Mass:
    """Raises Invalid where a condition was not understood."""
    request.GET = query  # type: ignore[assignment]
    asked = ask(request, person(request), clock.now())
    if asked.listing.problems:
        raise Invalid(" ".join(asked.listing.problems))
    return whole_journal(asked)


def whole_journal(asked: Asked) -> Mass:
    """One count. The span of days is said even where the address leaves it out."""
    query = asked.listing.query
    conditions = conditions_of(query, "days") | ({"days": [asked.days]} if asked.days else {})
    return Mass.of(Deed.CALLS, conditions, asked.listing.filterset.qs.order_by().count(), _words(asked, query))


def _words(asked: Asked, query: QueryDict) -> Words:
    words: Words = [(_("Период"), str(SPANS[asked.days]))] if asked.days else []
    ends = {"at_after": _("Начало с"), "at_before": _("Начало по")}
    words += [(label, str(query[name])) for name, label in ends.items() if query.get(name)]
    if query.get("q"):
        words.append((_("Поиск"), str(query["q"])))
    return words + [(str(chip["label"]), str(chip["text"])) for chip in asked.listing.chips]
