"""A list of leads, or a choice of them, as what a second person is asked to agree to."""

from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import people
from approvals.choices import Deed
from approvals.subject import Mass, Words
from common.errors import Invalid
from leads.filters import NOBODY, VIEWS
from leads.models import Lead
from web.foureyes import conditions_of
from web.leads.drill import sentence
from web.leads.filtering import DRILL, Asked, ask
from web.pages import person


def subject_of_leads(request: HttpRequest, query: QueryDict) -> Mass:
    """Raises Invalid where a condition was not understood."""
    asked = ask(request, query)
    if asked.problems:
        raise Invalid(" ".join(asked.problems))
    return whole_list(asked)


def whole_list(asked: Asked) -> Mass:
    """One count. The view is said even where the address leaves it to the person's role."""
    count = asked.rows.order_by().count()
    return Mass.of(Deed.LEADS, conditions_of(asked.query) | {"view": [asked.view]}, count, _words(asked, count))


def _words(asked: Asked, count: int) -> Words:
    words: Words = [(_("Вид"), str(dict(VIEWS)[asked.view]))]
    if asked.query.get("q"):
        words.append((_("Поиск"), str(asked.query["q"])))
    if asked.drilled:
        words.append((_("Число воронки"), sentence(asked, count)))
    else:
        known = asked.filterset.filters
        words += [(str(known[name].label), str(asked.query[name])) for name in DRILL if asked.query.get(name)]
    return words + [(str(chip["label"]), str(chip["text"])) for chip in asked.chips()]


def subject_of_hand_over(request: HttpRequest, query: QueryDict) -> Mass:
    """Raises Invalid for leads and people that one does not see."""
    user = person(request)
    owner = next((one for one in people(user) if str(one.pk) == query.get("owner")), None)
    ids = {_id(text) for text in query.getlist("lead")}
    seen = Lead.objects.visible_to(user).filter(pk__in=[pk for pk in ids if pk]).values_list("pk", flat=True)
    if owner is None and query.get("owner") != NOBODY:
        raise Invalid(_("Выберите нового владельца."))
    return hand_over(frozenset(seen), owner)


def hand_over(ids: frozenset[UUID], owner: User | None) -> Mass:
    to = owner.name if owner else _("Никто: в очередь команды")
    conditions = {"lead": [str(pk) for pk in ids], "owner": [str(owner.pk) if owner else NOBODY]}
    return Mass.of(Deed.HAND_OVER, conditions, len(ids), [(_("Новый владелец"), to)])


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
