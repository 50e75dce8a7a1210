"""No conversation trained on holds a near-duplicate of an evaluation text."""

import os
from pathlib import Path

import pytest

from turnwise_training.corpus import Conversation, parse_corpus, read_corpus
from turnwise_training.mixture import load_mixture
from turnwise_training.overlap import (
    MIN_WORDS,
    SIMILAR,
    EvaluationText,
    evaluation_texts,
    near_duplicates,
    shingles,
    without_near_duplicates,
    words_of,
)

DATA = Path(os.environ.get("TURNWISE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
NOWHERE = Path("nowhere")
"""A data folder that is not there: our own sets alone are compared with."""

EVALUATION = [
    EvaluationText("test", "Can I move my Tuesday appointment to Friday?"),
    EvaluationText("test", "no no no no"),
]
PLANTED = {
    "the same words": "user: can I move my tuesday appointment to friday",
    "one word more": "user: Um, can I move my Tuesday appointment to Friday?",
    "as a beginning": "user: Can I move my Tuesday appointment to Friday, / as I'll be away all week?",
    "as an alternative": "user: Hello.\n   or: Can I move my Tuesday appointment to Friday?",
    "over the agent": "agent: Your appointment is {! no no no no} on Tuesday.",
}
CLEAN = {
    "another day": "user: Can I move my appointment?",
    "short": "user: no no no",
    "the agent's": "agent: Can I move my Tuesday appointment to Friday?\nuser: Yes.",
}


def conversation(body: str) -> Conversation:
    return parse_corpus(f"= planted\n{body}", "test.txt")[0]


def test_words_of():
    assert words_of("I'd like 2-3, um… O’Neill's!") == ["id", "like", "2", "3", "um", "oneills"]


@pytest.mark.parametrize("body", PLANTED.values(), ids=PLANTED)
def test_planted_are_found(body: str):
    planted, clean = conversation(body), conversation("user: Something else altogether, please.")
    found = near_duplicates([planted, clean], EVALUATION)
    assert [duplicate.conversation for duplicate in found] == [planted]
    assert without_near_duplicates([planted, clean], EVALUATION) == [clean]


@pytest.mark.parametrize("body", CLEAN.values(), ids=CLEAN)
def test_what_is_no_near_duplicate_stays(body: str):
    assert near_duplicates([conversation(body)], EVALUATION) == []


def slow_near_duplicates(conversations: list[Conversation], evaluation: list[EvaluationText]) -> set[str]:
    """Ids of the conversations at fault, straight from the definition, to hold the index to."""
    compared = [set(shingles(words_of(text.text))) for text in evaluation]
    found = set()
    for conversation in conversations:
        for utterance in conversation.utterances():
            words = words_of(utterance.text)
            for count in range(MIN_WORDS, len(words) + 1):
                said = set(shingles(words[:count]))
                if any(len(said & text) >= SIMILAR * len(said | text) for text in compared):
                    found.add(conversation.id)
    return found


def test_index_finds_what_the_definition_says():
    conversations, evaluation = read_corpus()[::100], evaluation_texts(NOWHERE)
    evaluation += [
        EvaluationText("planted", utterance.text)
        for conversation in conversations[::3]
        for utterance in conversation.utterances()
        if len(words_of(utterance.text)) >= MIN_WORDS
    ]
    found = {duplicate.conversation.id for duplicate in near_duplicates(conversations, evaluation)}
    assert found == slow_near_duplicates(conversations, evaluation)
    assert len(found) >= len(conversations) // 3


def test_nothing_trained_on_is_in_the_four_class_test(monkeypatch: pytest.MonkeyPatch):
    evaluation = evaluation_texts(NOWHERE)
    assert len(evaluation) > 455
    clean = conversation("user: Something else altogether, please.")
    mined = [clean, *(conversation(f"user: {text.text}") for text in evaluation)]
    monkeypatch.setattr("turnwise_training.mixture.mine", lambda *_: mined)
    with pytest.warns(UserWarning, match=r"lacks eval/ten\.jsonl"):
        mixture = load_mixture(NOWHERE, mined_conversations=1, mined_kinds=["single"])
    assert near_duplicates(mixture.train, evaluation) == []
    assert clean in mixture.train
    assert len(mixture.train) + len(mixture.held_out) > 0.95 * len(read_corpus())


@pytest.mark.skipif(
    not DATA.exists(), reason=f"needs {DATA}, or TURNWISE_DATA: training/README.md, Data, says what is in it"
)
def test_nothing_trained_on_is_in_any_evaluation_set():
    evaluation = evaluation_texts(DATA)
    assert {text.source for text in evaluation} == {"four-class", "hard", "ten", "swda", "dev"}
    assert near_duplicates(load_mixture(DATA).train, evaluation) == []
