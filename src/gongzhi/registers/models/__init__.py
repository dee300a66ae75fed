"""The tables of the room, by story: who lives or owns where; facts entered once."""

from gongzhi.registers.models.facts import (
    Basis,
    CollectionTask,
    ExchangeGrant,
    Fact,
    Form,
    FormStatus,
    How,
    IncomingEvent,
    Recheck,
    Scene,
)
from gongzhi.registers.models.tenure import Capacity, RegisterConflict, Status, Tenure

__all__ = [
    "Basis",
    "Capacity",
    "CollectionTask",
    "ExchangeGrant",
    "Fact",
    "Form",
    "FormStatus",
    "How",
    "IncomingEvent",
    "Recheck",
    "RegisterConflict",
    "Scene",
    "Status",
    "Tenure",
]
