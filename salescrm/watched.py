"""Whose rows are people's data: a request that reads one is noted in the journal of views (``audit.journal``).

A model that is not here is either no person's or never shown; ``tests/web/test_journal.py`` walks all addresses and
finds what was shown and not noted. Subjects are ids of parties, else of leads (the party is found by them), else the
row's own, where it stands for somebody not yet known.
"""

from agents.models import Consent, Contact, Party
from audit.choices import Fields
from audit.personal import Watched
from backlog.models import Action, ActionResult
from calls.models import Call
from documents.models import Document, LegalRequest, Rendition, Version
from forms.models import Submission
from funnel.models import StageEntry
from imports.models import BulkRow, ImportRow
from leads.models import (
    Agreement,
    BlockerHold,
    Contract,
    Interview,
    Lead,
    Meeting,
    Note,
    ValueMeasurement,
    ValuePromise,
)
from notifications.models import Notice
from outreach.models import Message, OptOut, Reply

WATCHED = (
    Watched(Party, Fields.IDENTITY, "id", "name tax_id problem resources"),
    Watched(Contact, Fields.CONTACTS, "party_id", "value key person note"),
    Watched(Consent, Fields.CONSENTS, "party_id", "purpose"),
    Watched(Lead, Fields.WORK, "party_id id", "problem resources next_action"),
    Watched(BlockerHold, Fields.WORK, "party_id", "blocker_id"),
    Watched(Note, Fields.WORK, "lead_id", "text"),
    Watched(StageEntry, Fields.WORK, "lead_id", "reason"),
    *(
        Watched(fact, Fields.WORK, "lead_id", "lead_id")
        for fact in (Meeting, Interview, Agreement, ValuePromise, ValueMeasurement)
    ),
    Watched(Contract, Fields.PAPERS, "lead_id", "lead_id"),
    Watched(Document, Fields.PAPERS, "lead_id", "number"),
    Watched(Version, Fields.PAPERS, "document_id", "values"),
    Watched(Rendition, Fields.PAPERS, "version_id", "docx pdf"),
    Watched(LegalRequest, Fields.PAPERS, "lead_id", "question"),
    Watched(Action, Fields.WORK, "party_id lead_id", "title note"),
    Watched(ActionResult, Fields.WORK, "lead_id", "note"),
    Watched(Notice, Fields.WORK, "lead_id", "facts"),
    Watched(Call, Fields.TALKS, "party_id lead_id id", "phone recording_url"),
    Watched(Message, Fields.TALKS, "party_id", "address text"),
    Watched(Reply, Fields.TALKS, "party_id id", "address text"),
    Watched(OptOut, Fields.TALKS, "party_id", "address"),
    Watched(Submission, Fields.RAW, "party_id lead_id id", "kept"),
    Watched(ImportRow, Fields.RAW, "lead_id run_id", "before errors"),
    Watched(BulkRow, Fields.RAW, "run_id", "problem"),
)
