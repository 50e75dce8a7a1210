"""The mark-up of the corpus: what each mark says, and where a mistake is."""

import pytest

from turnwise_training.actions import (
    CONTINUE_LISTENING,
    CONTINUE_SPEAKING,
    START_LISTENING,
    START_SPEAKING,
)
from turnwise_training.corpus import MarkupError, Point, Utterance, parse_corpus

GOOD = {
    "a pause": ("user: for | Monday", [Point(1, CONTINUE_LISTENING), Point(2, START_SPEAKING)]),
    "a pause at the end": ("user: it's for |", [Point(2, CONTINUE_LISTENING)]),
    "an end, and more": ("user: no / thanks", [Point(1, START_SPEAKING), Point(2, START_SPEAKING)]),
    "a slash in a word": ("user: 24/7 please", [Point(2, START_SPEAKING)]),
    "or": (
        "user: yes\n or: for | one",
        [Point(1, START_SPEAKING), Point(1, CONTINUE_LISTENING), Point(2, START_SPEAKING)],
    ),
    "a backchannel": (
        "agent: so it {~ mm | right} is",
        [Point(1, CONTINUE_SPEAKING), Point(2, CONTINUE_SPEAKING)],
    ),
    "an interruption": ("agent: so it {! wait |} is", [Point(1, START_LISTENING, CONTINUE_LISTENING)]),
    "an interruption without a mark": ("agent: so it {! not that} is", [Point(2, START_LISTENING)]),
    "a cut": (
        "agent: so it --\nuser: sorry, | no",
        [Point(1, START_LISTENING, CONTINUE_LISTENING), Point(2, START_LISTENING, START_SPEAKING)],
    ),
    "a comment": ("# user: for |\nuser: yes", [Point(1, START_SPEAKING)]),
}


@pytest.mark.parametrize(("lines", "points"), GOOD.values(), ids=GOOD)
def test_what_a_mark_says(lines: str, points: list[Point]):
    (conversation,) = parse_corpus(f"= a bank, a balance\n{lines}\n", "test.txt")
    assert (conversation.title, conversation.id) == ("a bank, a balance", "test:1")
    assert [point for said in conversation.utterances() for point in said.points] == points


def test_marks_leave_no_trace_in_what_is_said():
    text = "= a shop\nagent: so it {~ mm}{! no |} is --\nuser: for | one / please\nor: two |\n"
    agent, user = parse_corpus(text, "test.txt")[0].turns
    assert (agent.text, agent.cut_off, user.text) == ("so it is", True, "for one please")
    assert [(each.words, each.utterance.text) for each in agent.overlaps] == [(2, "mm"), (2, "no")]
    assert user.alternatives == (Utterance("two", (Point(1, START_LISTENING, CONTINUE_LISTENING),)),)


BAD = {
    "user: | yes": (2, "a mark needs words before it"),
    "user: yes | /": (2, "two marks at the same word"),
    "user: so -- yes": (2, "'--' does not belong in the user's words; mark a pause"),
    "user: so … yes": (2, "'…' does not belong in the user's words; mark a pause"),
    "user: book it for monday| or tuesday": (2, "'monday|': a mark stands alone between spaces"),
    "user: yes {~ ok} please": (
        2,
        "'{~': a mark stands alone between spaces, and braces belong in the agent's",
    ),
    "agent: so it {~ mm|} is": (2, "'mm|': a mark stands alone"),
    "agent: so --\nuser: yes\nor: no|": (4, "'no|': a mark stands alone"),
    "user:": (2, "the user says nothing"),
    "agent: so it {mm} is": (2, "a brace begins with '~' (keep talking) or '!'"),
    "agent: so it {} is": (2, "a brace begins with '~' (keep talking) or '!'"),
    "agent: {~ mm} so it is": (2, "a brace needs some of the agent's words before it"),
    "agent: It is. {~ mm} So": (2, "a brace may not follow a finished sentence"),
    "agent: so it {~ mm is": (2, "a brace is not closed"),
    "agent: so | it is": (2, "'|', '/' and '--' do not belong inside the agent's words"),
    "agent:": (2, "the agent says nothing"),
    "agent: It is. --\nuser: no": (2, "'--' may not follow a finished sentence"),
    "user: yes\n=": (3, "give the conversation a short description after '='"),
    "caller: yes": (2, "a line begins with '=', 'agent:', 'user:', 'or:' or '#'"),
    "yes": (2, "a line begins with '=', 'agent:', 'user:', 'or:' or '#'"),
    "agent: yes\nagent: no": (3, "two agent lines in a row: join them"),
    "user: yes\nuser: no": (3, "two user lines in a row: join them with '|'"),
    "agent: yes\nor: no": (3, "'or:' stands after a user line"),
    "# nothing": (1, "the conversation is empty"),
    "user: yes\nagent: so it --": (3, "'--' needs a user line after it"),
}


@pytest.mark.parametrize(("lines", "expected"), BAD.items(), ids=BAD)
def test_a_mistake_is_told_with_its_line(lines: str, expected: tuple[int, str]):
    line, problem = expected
    with pytest.raises(MarkupError) as raised:
        parse_corpus(f"= a bank, a balance\n{lines}\n", "test.txt")
    assert str(raised.value).startswith(f"test.txt:{line}: {problem}")
    assert raised.value.line == line


def test_words_before_any_conversation_are_a_mistake():
    with pytest.raises(MarkupError, match=r"^test\.txt:1: a conversation begins with '= description'"):
        parse_corpus("user: yes\n", "test.txt")
