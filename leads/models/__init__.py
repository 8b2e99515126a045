from leads.models.blockers import Blocker, BlockerHold
from leads.models.facts import Agreement, Contract, Interview, Meeting, ValueMeasurement, ValuePromise
from leads.models.lead import Lead, LossReason, Note
from leads.models.merges import LeadMerge

__all__ = [
    "Agreement",
    "Blocker",
    "BlockerHold",
    "Contract",
    "Interview",
    "Lead",
    "LeadMerge",
    "LossReason",
    "Meeting",
    "Note",
    "ValueMeasurement",
    "ValuePromise",
]
