"""What is said and what is decided; docs/actions.md and docs/sessions.md of turnwise say what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, get_args

Action = Literal["start_speaking", "continue_listening", "start_listening", "continue_speaking"]
Role = Literal["system", "user", "assistant", "tool"]
ExpectationKind = Literal["phone", "email", "date", "name", "yes-no", "code", "address"]
CountedKind = Literal["phone", "code"]
PolicyName = Literal["patient", "balanced", "eager", "meeting"]

ACTIONS: tuple[Action, ...] = get_args(Action)
ROLES: tuple[Role, ...] = get_args(Role)
EXPECTATIONS: tuple[ExpectationKind, ...] = get_args(ExpectationKind)
COUNTED_EXPECTATIONS: tuple[CountedKind, ...] = get_args(CountedKind)
MAX_EXPECTED_LENGTH = 64


class Message(TypedDict):
    """A turn of the conversation. `assistant` is the voice agent."""

    role: Role
    content: str


class CountedExpectation(TypedDict):
    """An answer of so many letters and digits: the six of a sort code, the last four of a card's number."""

    kind: CountedKind
    length: int
    """A whole number, 1 to 64."""


Expectation = ExpectationKind | CountedExpectation
"""What the agent has asked for, and how long the answer is where it knows that."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One of those that `predict_many` decides about."""

    messages: Sequence[Message]
    agent_speaking: bool | None = None
    """Whether the agent speaks now: restricts the action to the pair that fits."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the agent should do now."""

    action: Action
    confidence: float
    """The probability of the action among those that fit, 0 to 1."""
    probabilities: Mapping[Action, float]
    """The model's own four."""
    yielded: float | None
    """How probable it is, 0 to 1, that among people another would speak now; None where the model does not say."""
    tokens_run: int
    """What the decision cost; 0 if the answer was known."""


@dataclass(frozen=True, slots=True)
class DecisionReason:
    """What a decision of a session rests on."""

    rule: str
    probability: float
    threshold: float
    excluded: tuple[Action, ...]
    pace_ms: float
    """How much longer the wait is than the table's for how the user has spoken."""


@dataclass(frozen=True, slots=True)
class SessionDecision(Decision):
    """A decision of a session."""

    wait_ms: float
    """How long silence has to last before the agent speaks: after the last words, or from now on."""
    reason: DecisionReason


def read_decision(sent: Mapping[str, Any]) -> Decision:
    return Decision(
        sent["action"], sent["confidence"], sent["probabilities"], sent.get("yielded"), sent["tokensRun"]
    )


def read_session_decision(sent: Mapping[str, Any]) -> SessionDecision:
    reason = sent["reason"]
    return SessionDecision(
        sent["action"],
        sent["confidence"],
        sent["probabilities"],
        sent.get("yielded"),
        sent["tokensRun"],
        sent["waitMs"],
        DecisionReason(
            reason["rule"],
            reason["probability"],
            reason["threshold"],
            tuple(reason["excluded"]),
            reason["paceMs"],
        ),
    )
