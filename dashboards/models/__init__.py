from dashboards.models.commitments import Commitment, CommitmentChange
from dashboards.models.forecasts import ForecastRow, ForecastRun
from dashboards.models.loads import LoadRow, LoadRun
from dashboards.models.meetings import MeetingRun, MeetingThen

__all__ = [
    "Commitment", "CommitmentChange", "ForecastRow", "ForecastRun", "LoadRow", "LoadRun", "MeetingRun", "MeetingThen",
]  # fmt: skip
