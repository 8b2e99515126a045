"""Who may do what at every address. The matrix walks the resolver and fails for an address that is not here.

To add a page or a resource: add its line. ``of`` names the kind of record that the address's id is of; who sees whose
record is told below in names, on purpose not by the rule that the code uses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

PEOPLE = (
    "olim", "oksana", "lola", "kamila", "nodira", "nargiza", "anvar", "sitora", "sardor", "adiba", "aziz",
)  # fmt: skip
SYSTEMS = ("north", "reader", "wrong")
OUTSIDERS = ("anonymous", "disabled")
# Tokens that were good once: past their day, and taken back.
DEAD_TOKENS = ("expired", "revoked")
# To whom Olim's lead, his agent and his client are lent: for reading, for work, and until yesterday. They work in a
# team of their own and see nothing else of his.
BORROWERS = {"rustam": "read", "timur": "work", "umid": "over"}
# What stays the owner's own where a record is lent: the order of his day.
NEVER_LENT = frozenset({"today:pin_lead"})
# Their role sees people's numbers hidden: a file that holds them is opened on the site, where the look is logged.
MASKED, HOLDS_NUMBERS = frozenset({"adiba", "aziz"}), frozenset({"api:contract-document-file"})
# Malika worked beside Olim; since she signed in she was moved to Sitora's team.
MOVED = "malika"
VISITORS = (*BORROWERS, MOVED)
SIGNED_IN = frozenset({*PEOPLE, *VISITORS})
SHUT_OUT = frozenset({*OUTSIDERS, *DEAD_TOKENS})
ACTORS = (*OUTSIDERS, *DEAD_TOKENS, *PEOPLE, *VISITORS, *SYSTEMS)
READ_ONLY = frozenset({"aziz", "reader"})

_NORTH = frozenset({"olim", "oksana", "kamila", "nodira", "north", "reader", "wrong"})
_ALL = frozenset({"adiba", "aziz"})
SEES = {
    "olim": _NORTH | _ALL,
    "lola": _NORTH | _ALL | {"lola"},
    "anvar": _ALL | {"anvar", "nargiza", "nodira", "north", "reader", "wrong"},
    "sitora": _ALL | {"sitora", "sardor", MOVED},
}
# What a mate of Olim's closed, dropped, retired or voided is the team's as before, and nobody else's.
SEES["shelved"] = SEES["olim"]
# Kinds that come along with a lead or a party that is lent.
LENT = frozenset({
    "lead", "agent", "client", "meeting", "interview", "agreement", "contract", "promise", "measurement", "call",
    "document", "legal_request",
})  # fmt: skip
# A team's segments and UTPs are read below it as well, and by its lead generators.
SHARED_WITH = {"olim": {"lola", "nargiza", "anvar"}, "lola": {"nargiza", "anvar"}}
# Who reads the name of this person's team, though not its work.
MATES = {"olim": {"lola"}}
SHARED = frozenset({"segment", "utp"})
PRIVATE = frozenset({"day_off", "notice", "job"})
# Who reads a request for consent besides the asker: heads and those who see everything, but no mate of his.
OF_HEADS, HEADS = frozenset({"approval"}), frozenset({"nodira", "nargiza", "sardor", "adiba", "aziz"})
SETTINGS_OWN = frozenset({"webhook", "delivery"})
BANKS_OWN = frozenset({
    "blocker", "user", "team", "stage", "reason", "product", "holiday", "rate", "opt_out", "hook", "funnel",
    "paper_template", "service_account", "service_token", "source", "arrival", "source_key", "public_form",
    "public_key", "submission",
})  # fmt: skip


class Door(StrEnum):
    """Who enters at all, before any record is looked for."""

    PUBLIC = "everybody"
    STAFF = "whoever is signed in; those who only read do not write"
    WRITERS = "whoever writes; a form is not shown in vain"
    OWN = "whoever is signed in, about himself"
    SETTINGS = "administrators and auditors read, administrators write"
    ADMIN = "administrators"
    MACHINE = "people and tokens; a token needs the right to the noun"
    DICTIONARY = "the same; administrators and systems of the whole bank write"
    INTEGRATOR = "people and tokens with the one right to webhooks, which reads and writes"
    KNOWN = "people and tokens, whatever the rights"
    OPERATOR = "whoever has the operator's token, which is none of ours"


@dataclass(frozen=True, slots=True)
class Rule:
    """One address. ``also`` are further parameters that name a record of the same owner, ``fixed`` plain ones."""

    name: str
    methods: frozenset[str]
    door: Door
    of: str = ""
    also: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    redirects: bool = False
    """A GET that only points elsewhere: no page of its own to look at."""
    main: bool = False
    """One of the pages that people live on: looked at in more ways."""

    @property
    def is_api(self) -> bool:
        return self.name.startswith(("api:", "health", "/api/"))

    @property
    def is_page(self) -> bool:
        return not self.is_api

    @property
    def shows_a_page(self) -> bool:
        return self.is_page and "GET" in self.methods and not self.redirects and self.name not in DOWNLOADS


DOWNLOADS = frozenset({
    "leads:export", "calls:export", "leads:contract_file", "imports:template", "imports:errors", "documents:docx",
    "audit:export", "documents:pdf", "documents:template_file", "documents:template_built_in",
})  # fmt: skip


def _rules(door: Door, of: str, lines: Iterable[tuple[object, ...]]) -> list[Rule]:
    """Lines of (name, methods) and, where needed, a mapping of the other fields."""
    return [
        Rule(name=str(line[0]), methods=frozenset(str(line[1]).split()), door=door, of=of, **dict(*line[2:]))  # type: ignore[arg-type]
        for line in lines
    ]


FORM, GET, POST = "GET POST", "GET", "POST"
_FACTS = ("meeting", "interview", "agreement", "contract", "promise", "measurement")

LEADS = [
    *_rules(Door.STAFF, "", [
        ("leads:list", GET, {"main": True}),
        ("leads:board", GET, {"main": True}),
        ("leads:check_duplicate", FORM, {"redirects": True}),
        ("leads:agent_options", GET),
        ("leads:export", GET),
        ("leads:bulk", FORM),
    ]),
    *_rules(Door.WRITERS, "", [("leads:create", FORM)]),
    *_rules(Door.STAFF, "lead", [
        ("leads:card", GET, {"main": True}),
        ("leads:contract_file", GET, {"also": ("contract",)}),
    ]),
    *_rules(Door.WRITERS, "lead", [
        *((f"leads:{name}", FORM) for name in ("board_move", "move", "close", "reopen", "assign", "step", "note")),
        ("leads:share", FORM),
        ("leads:merge", FORM), ("leads:unmerge", FORM),
        *((f"leads:{name}", FORM) for name in ("edit", "party_edit", "contact_add", "blocker_add", *_FACTS)),
        ("leads:contact_remove", FORM, {"also": ("contact",)}),
        ("leads:consent_add", FORM),
        ("leads:consent_withdraw", FORM, {"also": ("consent",)}),
        ("leads:blocker_release", POST, {"also": ("blocker",)}),
    ]),
]  # fmt: skip

AGENTS = [
    *_rules(Door.STAFF, "", [("agents:list", GET, {"main": True}), ("agents:clients", GET)]),
    *_rules(Door.WRITERS, "", [("agents:create", FORM), ("agents:client_new", FORM)]),
    *_rules(Door.STAFF, "agent", [("agents:card", GET, {"main": True})]),
    *_rules(Door.WRITERS, "agent", [
        *((f"agents:{name}", FORM) for name in ("edit", "base", "bant", "client_create", "contact_add", "lead_create")),
        ("agents:share", FORM),
        ("agents:consent_add", FORM),
        ("agents:consent_withdraw", FORM, {"also": ("consent",)}),
        ("agents:contact_remove", FORM, {"also": ("contact",)}),
    ]),
    *_rules(Door.STAFF, "client", [("agents:client", GET)]),
    *_rules(Door.WRITERS, "client", [("agents:client_edit", FORM), ("agents:client_share", FORM)]),
]  # fmt: skip

OFFERS = [
    *_rules(Door.STAFF, "", [("segments:list", GET, {"main": True}), ("initiatives:list", GET)]),
    *_rules(Door.WRITERS, "", [("segments:create", FORM), ("initiatives:create", FORM)]),
    *_rules(Door.STAFF, "segment", [("segments:detail", GET)]),
    *_rules(Door.WRITERS, "segment", [("segments:edit", FORM), ("segments:utp_create", FORM)]),
    *_rules(Door.WRITERS, "utp", [("segments:utp_edit", FORM)]),
    *_rules(Door.STAFF, "initiative", [("initiatives:detail", GET, {"main": True})]),
    *_rules(Door.WRITERS, "initiative", [("initiatives:edit", FORM)]),
]  # fmt: skip

HYPOTHESES = [
    *_rules(Door.STAFF, "", [("hypotheses:list", GET, {"main": True})]),
    *_rules(Door.WRITERS, "", [("hypotheses:create", FORM)]),
    *_rules(Door.STAFF, "hypothesis", [("hypotheses:detail", GET, {"main": True})]),
    *_rules(Door.WRITERS, "hypothesis", [
        *((f"hypotheses:{name}", FORM) for name in ("start", "decide", "stop")),
        ("hypotheses:edit", FORM, {"redirects": True}),
        ("hypotheses:revise", POST),
    ]),
]  # fmt: skip

BLOCKERS = [
    *_rules(Door.STAFF, "", [("blockers:list", GET), ("value:list", GET)]),
    *_rules(Door.WRITERS, "agent", [("blockers:create", FORM)]),
    *_rules(Door.WRITERS, "blocker", [("blockers:edit", FORM), ("blockers:remove", POST), ("blockers:reopen", POST)]),
]

_VERSION = {"fixed": {"number": "1"}}
DOCUMENTS = [
    *_rules(Door.STAFF, "", [
        ("documents:list", GET, {"main": True}),
        ("documents:templates", GET),
        ("documents:template_built_in", GET, {"fixed": {"kind": "agent", "language": "ru"}}),
    ]),
    *_rules(Door.WRITERS, "lead", [("documents:prepare", FORM), ("documents:ask", FORM)]),
    *_rules(Door.STAFF, "document", [
        ("documents:detail", GET), ("documents:docx", GET, _VERSION), ("documents:pdf", GET, _VERSION),
    ]),
    *_rules(Door.WRITERS, "document", [
        ("documents:version", FORM), ("documents:sign", FORM), ("documents:void", POST),
    ]),
    *_rules(Door.STAFF, "legal_request", [("documents:request", FORM)]),
    *_rules(Door.ADMIN, "", [("documents:template_new", FORM)]),
    *_rules(Door.STAFF, "paper_template", [("documents:template_file", GET)]),
    *_rules(Door.ADMIN, "paper_template", [("documents:template_retire", POST)]),
]  # fmt: skip

COMMUNITY = [
    *_rules(Door.STAFF, "", [("community:list", GET, {"main": True})]),
    *_rules(Door.WRITERS, "", [("community:create", FORM)]),
    *_rules(Door.STAFF, "finding", [("community:detail", GET)]),
    *_rules(Door.WRITERS, "finding", [
        ("community:edit", FORM), ("community:borrow", FORM), ("community:like", POST), ("community:retire", POST),
    ]),
    *_rules(Door.STAFF, "goal", [("community:ambition", GET)]),
    *_rules(Door.WRITERS, "goal", [("community:ambition_take", POST), ("community:ambition_metric", POST)]),
]  # fmt: skip

IMPORTS = [
    *_rules(Door.STAFF, "", [("imports:list", GET), ("imports:template", GET)]),
    *_rules(Door.WRITERS, "", [("imports:create", FORM)]),
    *_rules(Door.STAFF, "import", [
        ("imports:run", GET, {"main": True}),
        ("imports:errors", GET),
        ("imports:columns", FORM),
        *((f"imports:{name}", POST) for name in ("check", "load", "stop", "revert")),
    ]),
]  # fmt: skip

CALLS = _rules(Door.STAFF, "", [("calls:list", GET, {"main": True}), ("calls:export", GET)])

OUTREACH = [
    *_rules(Door.STAFF, "", [("outreach:list", GET, {"main": True}), ("outreach:templates", GET),
                                ("outreach:refusals", GET)]),
    *_rules(Door.WRITERS, "", [
        ("outreach:create", FORM), ("outreach:template_create", FORM), ("outreach:template_preview", POST),
    ]),
    *_rules(Door.STAFF, "campaign", [("outreach:detail", GET, {"main": True})]),
    *_rules(Door.WRITERS, "campaign", [
        ("outreach:edit", FORM),
        ("outreach:audience", FORM, {"query": "of=agents"}),
        *((f"outreach:{name}", POST) for name in ("start", "pause", "finish")),
    ]),
    *_rules(Door.WRITERS, "template", [("outreach:template_edit", FORM)]),
    *_rules(Door.WRITERS, "agent", [("outreach:party_stop", POST)]),
    *_rules(Door.WRITERS, "refusal", [("outreach:refusal_lift", FORM)]),
    # The signature in the address, or the secret, is the right: whoever holds it needs no account.
    *_rules(Door.PUBLIC, "opt_out", [("opt_out", FORM)]),
    *_rules(Door.PUBLIC, "hook", [("hook_telegram", POST)]),
    *_rules(Door.PUBLIC, "", [("hook_messages", POST)]),
]  # fmt: skip

DAY = [
    *_rules(Door.STAFF, "", [
        ("today:page", GET, {"main": True}), ("today:focus", GET), ("today:ritual", GET, {"main": True}),
    ]),
    *_rules(Door.WRITERS, "", [("today:add", POST)]),
    *_rules(Door.STAFF, "action", [("today:why_action", GET)]),
    *_rules(Door.STAFF, "lead", [("today:why_lead", GET)]),
    *_rules(Door.WRITERS, "action", [("today:answer_action", POST)]),
    *_rules(Door.WRITERS, "lead", [("today:pin_lead", POST), ("today:answer_lead", POST)]),
]  # fmt: skip

# The week in which the world's records are made.
_YEAR, _NUMBER, _DAY = datetime.now(UTC).date().isocalendar()
_WEEK = {"fixed": {"code": f"{_YEAR}-W{_NUMBER:02d}"}}
WEEK = [
    *_rules(Door.STAFF, "", [("week:now", GET, {"redirects": True}), ("week:page", GET, {"main": True} | _WEEK)]),
    *_rules(Door.WRITERS, "", [
        *((f"week:{name}", POST, _WEEK) for name in ("add", "carry", "repeat")),
        *((f"week:{name}", FORM, _WEEK) for name in ("review", "goal_add")),
    ]),
    *_rules(Door.WRITERS, "goal", [("week:goal_edit", FORM), ("week:goal_drop", POST), ("week:goal_value", FORM)]),
    *_rules(Door.STAFF, "action", [("actions:page", FORM, {"main": True})]),
    *_rules(Door.WRITERS, "action", [
        *((f"actions:{name}", FORM) for name in ("move", "slot", "priority", "drop")),
        *((f"actions:{name}", FORM) for name in ("split", "replace", "follows", "assign")),
        *((f"actions:{name}", POST) for name in ("pin", "copy", "restore")),
    ]),
]  # fmt: skip

REPORTS = [
    *_rules(Door.STAFF, "", [
        ("reports:funnel", GET, {"main": True}),
        *((f"reports:{name}", GET) for name in ("cohorts", "time", "matrix", "compare")),
        ("reports:rows", GET, {"query": "stage=contact"}),
        *((f"reports:{name}", GET, {"main": True}) for name in ("overview", "forecast")),
        *((f"reports:{name}", GET) for name in ("plan", "load", "overdue", "meetings", "meeting_rows", "actions")),
    ]),
    *_rules(Door.WRITERS, "", [("reports:commit", POST)]),
]  # fmt: skip

PLANS = [
    *_rules(Door.STAFF, "", [("plans:now", GET, {"redirects": True}), ("plans:page", GET, {"main": True} | _WEEK)]),
    *_rules(Door.WRITERS, "", [(f"plans:{name}", POST, _WEEK) for name in ("add", "copy")]),
    *_rules(Door.WRITERS, "plan", [
        ("plans:propose", FORM),
        ("plans:save", POST),
        ("plans:drop", POST),
        ("plans:goal", POST, {"fixed": {"stage_code": "contact"}}),
    ]),
]  # fmt: skip

OTHERS = [
    *_rules(Door.STAFF, "", [("search", GET, {"query": "q=%D0%97%D0%B8%D0%BC%D0%BE"})]),
    *_rules(Door.STAFF, "", [("help_shortcuts", GET), ("help_glossary", GET), ("home", GET, {"redirects": True})]),
    *_rules(Door.OWN, "", [
        ("profile", FORM, {"main": True}),
        ("profile_theme", POST),
        ("hours", FORM),
        ("day_off_add", FORM),
        ("account_change_password", FORM),
        ("account_confirm", FORM),
        ("security", GET, {"main": True}),
        *((f"security_{name}", FORM) for name in ("app", "key")),
        *((f"security_{name}", POST) for name in ("remove", "codes", "end_sessions")),
        ("notifications:list", GET),
        ("notifications:bell", GET, {"redirects": True}),
        ("notifications:read_all", POST),
        ("notifications:settings", FORM, {"main": True}),
        ("notifications:telegram_unlink", POST),
    ]),
    *_rules(Door.OWN, "notice", [("notifications:read", POST), ("notifications:open", GET, {"redirects": True})]),
    *_rules(Door.OWN, "lead", [("notifications:mute", POST), ("notifications:unmute", POST)]),
    *_rules(Door.OWN, "day_off", [("day_off_remove", POST)]),
    *_rules(Door.PUBLIC, "", [
        ("account_login", FORM, {"main": True}), ("account_logout", FORM), ("set_language", POST),
        ("mfa_authenticate", FORM, {"redirects": True}),
        ("account_passkey", FORM, {"redirects": True}),
        ("account_reset_password", FORM),
        ("account_reset_password_from_key", FORM, {"fixed": {"key": "abc"}, "redirects": True}),
        ("account_sso", POST),
        ("account_sso_back", GET, {"redirects": True}),
    ]),
]  # fmt: skip

RESULTS = [
    *_rules(Door.WRITERS, "action", [("results:action", FORM)]),
    *_rules(Door.WRITERS, "lead", [("results:lead", FORM)]),
    *_rules(Door.WRITERS, "result", [("results:undo", POST)]),
]

START = [
    *_rules(Door.WRITERS, "", [
        ("start:page", GET),
        *((f"start:{name}", FORM) for name in ("hours", "segment", "goal")),
        ("start:actions", FORM, {"redirects": True}),
        *((f"start:{name}", POST) for name in ("skip", "again")),
    ]),
]  # fmt: skip

SETTINGS = [
    *_rules(Door.STAFF, "", [("settings:stages", GET, {"redirects": True})]),
    *_rules(Door.SETTINGS, "", [
        ("settings:index", GET, {"main": True}),
        ("settings:users", GET),
        ("settings:teams", GET),
        ("settings:reasons", GET),
        ("settings:products", GET),
        ("settings:holidays", GET),
        ("settings:rates", GET),
        ("settings:stages_of", GET, {"fixed": {"kind": "agent"}, "main": True}),
        ("settings:funnels", GET),
        ("settings:jobs", GET, {"main": True}),
        ("settings:jobs_dead", GET),
    ]),
    *_rules(Door.ADMIN, "", [
        *((f"settings:{name}_create", FORM) for name in ("user", "team", "reason", "product", "holiday", "rate")),
        ("settings:stage_create", FORM, {"fixed": {"kind": "agent"}}),
        ("settings:funnel_create", FORM),
        ("settings:jobs_run", POST),
        ("settings:jobs_retry", POST),
        ("settings:jobs_cancel", POST),
        ("settings:quarantine", FORM),
    ]),
    *_rules(Door.ADMIN, "user", [
        ("settings:user_edit", FORM), ("settings:user_password", FORM), ("settings:user_sessions_end", POST),
        ("settings:user_second_factor_reset", POST),
    ]),
    *_rules(Door.ADMIN, "team", [("settings:team_edit", FORM)]),
    *_rules(Door.ADMIN, "stage", [
        ("settings:stage_edit", FORM),
        ("settings:stage_shift", FORM, {"query": "to=down"}),
        ("settings:stage_retire", FORM),
        *((f"settings:stage_{name}", POST) for name in ("effect", "restore")),
    ]),
    *_rules(Door.ADMIN, "funnel", [("settings:funnel_edit", FORM), ("settings:funnel_use", POST)]),
    *_rules(Door.ADMIN, "reason", [
        ("settings:reason_edit", FORM), ("settings:reason_shift", POST), ("settings:reason_use", POST),
    ]),
    *_rules(Door.ADMIN, "product", [("settings:product_edit", FORM)]),
    *_rules(Door.ADMIN, "rate", [("settings:rate_remove", POST)]),
    *_rules(Door.SETTINGS, "", [("privacy:index", GET), ("privacy:register", GET), ("privacy:retention", GET)]),
    *_rules(Door.ADMIN, "", [("privacy:rule", FORM, {"fixed": {"key": "calls"}})]),
    *_rules(Door.OWN, "agent", [("privacy:reveal", POST)]),
    *_rules(Door.SETTINGS, "agent", [("privacy:subject", GET), ("privacy:act", GET, {"redirects": True})]),
    *_rules(Door.ADMIN, "agent", [
        ("privacy:erase", FORM), ("privacy:archive", GET, {"redirects": True}),
        *((f"privacy:{name}", POST) for name in ("export", "hold", "lift")),
    ]),
    *_rules(Door.ADMIN, "holiday", [("settings:holiday_edit", FORM), ("settings:holiday_remove", POST)]),
]  # fmt: skip

INTEGRATIONS = [
    *_rules(Door.SETTINGS, "", [("integrations:accounts", GET, {"main": True}), ("integrations:log", GET)]),
    *_rules(Door.SETTINGS, "service_account", [("integrations:account", GET)]),
    *_rules(Door.ADMIN, "", [("integrations:account_create", FORM)]),
    *_rules(Door.ADMIN, "service_account", [("integrations:account_edit", FORM), ("integrations:token_issue", FORM)]),
    *_rules(
        Door.ADMIN,
        "service_token",
        [
            *((f"integrations:token_{name}", FORM) for name in ("rotate", "addresses", "revoke")),
        ],
    ),
    *_rules(Door.SETTINGS, "", [("integrations:inbox", GET, {"main": True}), ("integrations:forms", GET)]),
    *_rules(Door.ADMIN, "", [("integrations:inbox_create", FORM), ("integrations:form_create", FORM)]),
    *_rules(
        Door.ADMIN,
        "source",
        [
            ("integrations:inbox_edit", FORM),
            ("integrations:inbox_rotate", POST),
            ("integrations:inbox_use", POST),
        ],
    ),
    *_rules(Door.SETTINGS, "arrival", [("integrations:inbox_arrival", FORM)]),
    *_rules(Door.ADMIN, "arrival", [("integrations:inbox_retry", POST)]),
    *_rules(Door.SETTINGS, "public_form", [("integrations:form", GET, {"main": True})]),
    *_rules(Door.ADMIN, "public_form", [("integrations:form_edit", FORM), ("integrations:form_use", POST)]),
    *_rules(Door.ADMIN, "submission", [("integrations:form_retry", POST)]),
    *_rules(Door.SETTINGS, "", [("integrations:webhooks", GET, {"main": True})]),
    *_rules(Door.ADMIN, "", [("integrations:webhook_create", FORM)]),
    *_rules(Door.SETTINGS, "webhook", [("integrations:webhook", GET, {"main": True})]),
    *_rules(
        Door.ADMIN,
        "webhook",
        [
            *((f"integrations:webhook_{name}", FORM) for name in ("edit", "rotate", "replay")),
            *((f"integrations:webhook_{name}", POST) for name in ("ping", "state", "revive")),
        ],
    ),
    *_rules(Door.SETTINGS, "delivery", [("integrations:webhook_delivery", GET)]),
    *_rules(Door.ADMIN, "delivery", [("integrations:webhook_delivery_replay", POST)]),
    # The signature, or the moment that the page carries, is the right: whoever comes needs no account.
    *_rules(Door.PUBLIC, "source_key", [("hook_inbox", POST)]),
    *_rules(Door.PUBLIC, "public_key", [("public_form", FORM)]),
]

_HISTORY = {"fixed": {"kind": "leads-lead"}}
AUDIT = [
    *_rules(Door.SETTINGS, "", [
        ("audit:seen", GET, {"main": True}), ("audit:person", GET, {"main": True}), ("audit:export", GET),
    ]),
    *_rules(Door.SETTINGS, "lead", [("audit:record", GET, _HISTORY)]),
    *_rules(Door.ADMIN, "lead", [("audit:restore", POST, _HISTORY)]),
]  # fmt: skip

APPROVALS = [
    *_rules(Door.STAFF, "", [("approvals:list", GET)]),
    # Whoever only reads takes files too, and asks for himself.
    *_rules(Door.OWN, "", [("approvals:ask", POST)]),
    *_rules(Door.WRITERS, "approval", [("approvals:decide", POST)]),
]

_NOUNS = ("initiative", "segment", "agent", "client", "lead")
_AROUND_LEADS = {
    "meetings": ("meeting", "GET PATCH"), "interviews": ("interview", GET), "agreements": ("agreement", GET),
    "contracts": ("contract", "GET PATCH"), "value-promises": ("promise", GET),
    "value-measurements": ("measurement", GET), "blockers": ("blocker", "GET PATCH"),
    "lead-plans": ("plan", "GET PATCH"), "contract-documents": ("document", GET),
    "legal-requests": ("legal_request", GET),
}  # fmt: skip
_PLANNED = ("sprint", "goal", "action", "finding")
API = [
    *_rules(Door.MACHINE, "", [
        *((f"api:{noun}s-list", FORM) for noun in _NOUNS),
        ("api:funnel", GET, {"query": "kind=agent"}),
        ("api:forecast", GET, {"query": "kind=agent"}),
        *(
            (f"api:{noun}s-by-external", "PUT", {"fixed": {"source": "matrix", "external_id": f"{noun}-1"}})
            for noun in ("agent", "client", "lead")
        ),
        *((f"api:bulk-{noun}", POST) for noun in ("leads", "agents", "clients")),
    ]),
    *(
        rule
        for noun in _NOUNS
        for rule in _rules(Door.MACHINE, noun, [
            (f"api:{noun}s-detail", "GET PATCH", {"main": noun in {"lead", "agent"}}),
        ])
    ),
    *_rules(Door.MACHINE, "", [("api:utps-list", FORM), ("api:imports-list", FORM)]),
    *_rules(Door.MACHINE, "utp", [("api:utps-detail", "GET PATCH")]),
    *_rules(Door.MACHINE, "import", [
        ("api:imports-detail", "GET PATCH"), ("api:imports-errors", GET), ("api:imports-stop", POST),
        ("api:imports-revert", POST),
    ]),
    *_rules(Door.DICTIONARY, "", [("api:products-list", FORM), ("api:stages-list", FORM)]),
    *_rules(Door.DICTIONARY, "product", [("api:products-detail", "GET PATCH")]),
    *_rules(Door.DICTIONARY, "stage", [
        ("api:stages-detail", "GET PATCH"), *((f"api:stages-{deed}", POST) for deed in ("shift", "retire", "restore")),
    ]),
    *_rules(Door.MACHINE, "", [(f"api:{noun}-list", FORM) for noun in _AROUND_LEADS]),
    *(
        rule
        for noun, (kind, methods) in _AROUND_LEADS.items()
        for rule in _rules(Door.MACHINE, kind, [(f"api:{noun}-detail", methods)])
    ),
    *_rules(Door.MACHINE, "contract", [("api:contracts-file", GET)]),
    *_rules(Door.MACHINE, "blocker", [("api:blockers-release", POST)]),
    *_rules(Door.MACHINE, "document", [
        *((f"api:contract-documents-{deed}", POST) for deed in ("versions", "sign", "void")),
        ("api:contract-document-file", GET, {"fixed": {"number": "1", "ending": "pdf"}}),
    ]),
    *_rules(Door.MACHINE, "legal_request", [
        (f"api:legal-requests-{deed}", POST) for deed in ("take", "answer", "withdraw")
    ]),
    *_rules(Door.MACHINE, "lead", [("api:leads-merge", POST), ("api:leads-unmerge", POST)]),
    *_rules(Door.MACHINE, "agent", [
        ("api:agents-contacts", FORM), ("api:agents-consents", FORM),
        ("api:agents-contact", "GET PATCH DELETE", {"also": ("contact",)}),
        ("api:agents-consent", GET, {"also": ("consent",)}),
        ("api:agents-consent-withdraw", POST, {"also": ("consent",)}),
    ]),
    *_rules(Door.MACHINE, "client", [("api:clients-contacts", FORM), ("api:clients-consents", FORM)]),
    # A client of the world has neither of these: whatever is named is not his.
    *_rules(Door.MACHINE, "nothing", [
        ("api:clients-contact", "GET PATCH DELETE", {"also": ("contact",)}),
        ("api:clients-consent", GET, {"also": ("consent",)}),
        ("api:clients-consent-withdraw", POST, {"also": ("consent",)}),
    ]),
    *_rules(Door.MACHINE, "", [
        ("api:calls-list", FORM),
        ("api:calls-by-external", "PUT", {"fixed": {"source": "matrix", "external_id": "call-1"}}),
        ("api:messages-list", GET),
    ]),
    *_rules(Door.MACHINE, "call", [("api:calls-detail", "GET PATCH")]),
    *_rules(Door.MACHINE, "message", [("api:messages-detail", GET)]),
    *_rules(Door.MACHINE, "", [("api:hypotheses-list", FORM)]),
    *_rules(Door.MACHINE, "hypothesis", [
        ("api:hypotheses-detail", "GET PATCH"),
        *((f"api:hypotheses-{name}", POST) for name in ("start", "decide", "stop")),
    ]),
    *_rules(Door.MACHINE, "", [(f"api:{noun}s-list", FORM) for noun in _PLANNED]),
    *(rule for noun in _PLANNED for rule in _rules(Door.MACHINE, noun, [
        (f"api:{noun}s-detail", GET if noun == "sprint" else "GET PATCH"),
    ])),
    *_rules(Door.MACHINE, "sprint", [("api:sprints-review", FORM), ("api:sprints-carry-over", POST)]),
    *_rules(Door.MACHINE, "goal", [("api:goals-values", FORM), ("api:goals-drop", POST)]),
    *_rules(Door.MACHINE, "action", [
        (f"api:actions-{name}", POST)
        for name in ("result", "priority", "move", "slot", "drop", "restore", "assign", "split")
    ]),
    *_rules(Door.MACHINE, "finding", [(f"api:findings-{name}", POST) for name in ("borrow", "like", "retire")]),
    *_rules(Door.MACHINE, "lead", [
        ("api:leads-moves", FORM),
        *((f"api:leads-{name}", POST) for name in ("close", "reopen", "assign")),
    ]),
    *_rules(Door.MACHINE, "", [("api:users-list", GET), ("api:teams-list", GET)]),
    *_rules(Door.MACHINE, "colleague", [("api:users-detail", GET)]),
    *_rules(Door.MACHINE, "own_team", [("api:teams-detail", GET)]),
    *_rules(Door.MACHINE, "", [("api:events", GET)]),
    *_rules(Door.INTEGRATOR, "", [("api:webhook-endpoints-list", FORM)]),
    *_rules(Door.INTEGRATOR, "webhook", [
        ("api:webhook-endpoints-detail", "GET PATCH"),
        *((f"api:webhook-endpoints-{name}", POST) for name in ("rotate", "ping", "replay")),
        ("api:webhook-deliveries", GET),
    ]),
    *_rules(Door.KNOWN, "", [("api:me", GET), ("api:jobs-list", GET)]),
    *_rules(Door.KNOWN, "job", [("api:jobs-detail", GET), ("api:jobs-errors", GET), ("api:jobs-cancel", POST)]),
    *_rules(Door.PUBLIC, "", [
        ("api:openapi", GET), ("api:docs", GET), ("api:docs-errors", GET), ("health-live", GET), ("health-ready", GET),
    ]),
    *_rules(Door.OPERATOR, "", [("health-detail", GET), ("health-metrics", GET)]),
]  # fmt: skip

AREAS: dict[str, list[Rule]] = {
    "leads": LEADS, "agents": AGENTS, "offers": OFFERS, "blockers": BLOCKERS, "imports": IMPORTS, "others": OTHERS,
    "community": COMMUNITY, "documents": DOCUMENTS, "reports": REPORTS, "hypotheses": HYPOTHESES,
    "results": RESULTS, "start": START,
    "calls": CALLS, "outreach": OUTREACH, "settings": SETTINGS, "integrations": INTEGRATIONS,
    "audit": AUDIT, "api": API, "week": WEEK, "day": DAY, "plans": PLANS, "approvals": APPROVALS,
}  # fmt: skip
POLICY: tuple[Rule, ...] = tuple(rule for rules in AREAS.values() for rule in rules)
# Answers «no such address» to everybody, in the form of a problem.
CATCH_ALL = frozenset({"/api/<path:rest>", "/api/"})


def visible(kind: str, owner: str, actor: str, *, to_write: bool = False) -> bool:
    """Whether this actor may know of this owner's record; what was lent for reading is not there to be changed."""
    if kind in BANKS_OWN:
        return True
    if actor in BORROWERS:
        level = BORROWERS[actor]
        return owner == "olim" and kind in LENT and (level == "work" or (level == "read" and not to_write))
    if kind in SETTINGS_OWN:
        return actor in _ALL
    if kind in PRIVATE:
        return actor == owner
    if kind in OF_HEADS:
        return actor == owner or (actor in HEADS and actor in SEES[owner])
    if kind == "own_team" and actor in MATES.get(owner, ()):
        return True
    return actor in SEES[owner] or (kind in SHARED and actor in SHARED_WITH.get(owner, ()))
