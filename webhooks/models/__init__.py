"""What happened (events), who is told (endpoints), and how telling went (deliveries)."""

from webhooks.models.deliveries import Attempt, Delivery
from webhooks.models.endpoints import Endpoint
from webhooks.models.events import Event, Line, Tally

__all__ = ["Attempt", "Delivery", "Endpoint", "Event", "Line", "Tally"]
