"""Asks a turnwise server when a voice agent should speak, wait, stop or go on."""

from .client import TurnwiseClient
from .errors import TurnwiseError
from .session import Session
from .types import (
    ACTIONS,
    EXPECTATIONS,
    ROLES,
    Action,
    Conversation,
    CountedExpectation,
    Decision,
    DecisionReason,
    Expectation,
    ExpectationKind,
    Message,
    PolicyName,
    Role,
    SessionDecision,
)

__all__ = [
    "ACTIONS",
    "EXPECTATIONS",
    "ROLES",
    "Action",
    "Conversation",
    "CountedExpectation",
    "Decision",
    "DecisionReason",
    "Expectation",
    "ExpectationKind",
    "Message",
    "PolicyName",
    "Role",
    "Session",
    "SessionDecision",
    "TurnwiseClient",
    "TurnwiseError",
]
