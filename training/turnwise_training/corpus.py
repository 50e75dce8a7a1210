"""Reads the authored corpus (training/corpus/*.txt); its mark-up is described in training/corpus/README.md.

`python -m turnwise_training.corpus [FILE ...]` checks the files and prints what they hold.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from .actions import (
    CONTINUE_LISTENING,
    CONTINUE_SPEAKING,
    START_LISTENING,
    START_SPEAKING,
)

CORPUS_DIR = Path(__file__).resolve().parent.parent / "corpus"
MARKS = {"|": CONTINUE_LISTENING, "/": START_SPEAKING}
GLUED = re.compile(r"[|{}]")
BRACE = re.compile(r"\{([^{}]*)\}")
SENTENCE_END = re.compile(r"[.?!][\"')\]]*$")
Fail = Callable[[str], NoReturn]
"""Raises MarkupError at the line being read, with the problem it is given."""


class MarkupError(ValueError):
    """A line that the mark-up does not allow. `str()` gives file, line and what to do."""

    def __init__(self, path: str, line: int, problem: str):
        super().__init__(f"{path}:{line}: {problem}")
        self.line = line


@dataclass(frozen=True)
class Point:
    """A labelled point in a user's words: heard up to `words` words, the action is `action`."""

    words: int
    action: str
    silent_action: str | None = None
    """For an interruption: what would be right once the agent has fallen silent."""
    among_people: bool = False
    """Says what people did among themselves (start_speaking: another spoke next) and nothing of what an agent
    should do: it teaches the yield output instead of the actions."""


@dataclass(frozen=True)
class Utterance:
    """What a user says at one place, with its labelled points in order."""

    text: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Overlap:
    """Words said over the agent after `words` words of its turn; a branch, not part of the history."""

    words: int
    utterance: Utterance


@dataclass(frozen=True)
class Turn:
    """One turn of the main line. A user turn may have alternatives, an agent turn may have overlaps."""

    role: str
    text: str
    line: int
    utterance: Utterance | None = None
    alternatives: tuple[Utterance, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    cut_off: bool = False


@dataclass
class Conversation:
    title: str
    domain: str
    line: int
    turns: list[Turn] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.domain}:{self.line}"

    def utterances(self) -> list[Utterance]:
        found = []
        for turn in self.turns:
            found += [turn.utterance] if turn.utterance else []
            found += turn.alternatives
            found += [overlap.utterance for overlap in turn.overlaps]
        return found


def parse_utterance(body: str, speaking: str | None, fail: Fail, brace: bool = False) -> Utterance:
    """Splits marked words into text and points.

    `speaking` is the action of every point when the agent was talking, else None. In a brace, an
    end without a mark says nothing of what is right once the agent is silent.
    """
    words: list[str] = []
    points: list[Point] = []

    def add(action: str | None) -> None:
        if not words:
            fail("a mark needs words before it")
        if points and points[-1].words == len(words):
            fail("two marks at the same word")
        if speaking is None:
            points.append(Point(len(words), action or START_SPEAKING))
        else:
            silent = action if speaking == START_LISTENING else None
            points.append(Point(len(words), speaking, silent))

    for token in body.split():
        if token in MARKS:
            add(MARKS[token])
        elif token in ("--", "…"):
            fail(f"'{token}' does not belong in the user's words; mark a pause with '|'")
        elif GLUED.search(token):  # its label would be lost
            fail(f"'{token}': a mark stands alone between spaces, and braces belong in the agent's words")
        else:
            words.append(token)
    if not words:
        fail("the user says nothing")
    if not points or points[-1].words < len(words):
        add(None if brace else START_SPEAKING)
    return Utterance(" ".join(words), tuple(points))


def parse_agent(body: str, line: int, fail: Fail) -> Turn:
    cut_off = body.endswith(" --")
    body = body.removesuffix(" --")
    words: list[str] = []
    overlaps: list[Overlap] = []
    position = 0
    for match in BRACE.finditer(body):
        words += body[position : match.start()].split()
        position = match.end()
        kind, said = match.group(1)[:1], match.group(1)[1:]
        if kind not in "~!" or not kind:
            fail("a brace begins with '~' (keep talking) or '!' (stop talking)")
        if not words:
            fail("a brace needs some of the agent's words before it")
        if SENTENCE_END.search(words[-1]):
            fail("a brace may not follow a finished sentence: move it a word or more on")
        action = CONTINUE_SPEAKING if kind == "~" else START_LISTENING
        overlaps.append(Overlap(len(words), parse_utterance(said, action, fail, brace=True)))
    words += body[position:].split()
    text = " ".join(words)
    if "{" in text or "}" in text:
        fail("a brace is not closed")
    if any(word in ("|", "/", "--") for word in words):
        fail("'|', '/' and '--' do not belong inside the agent's words")
    if not words:
        fail("the agent says nothing")
    if cut_off and SENTENCE_END.search(text):
        fail("'--' may not follow a finished sentence")
    return Turn("assistant", text, line, overlaps=tuple(overlaps), cut_off=cut_off)


def parse_corpus(text: str, path: str) -> list[Conversation]:
    """Parses one file. Raises MarkupError with the line at fault."""
    conversations: list[Conversation] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()

        def fail(problem: str, number: int = number) -> NoReturn:
            raise MarkupError(path, number, problem)

        if not line or line.startswith("#"):
            continue
        if line.startswith("="):
            if not line[1:].strip():
                fail("give the conversation a short description after '='")
            conversations.append(Conversation(line[1:].strip(), Path(path).stem, number))
            continue
        if not conversations:
            fail("a conversation begins with '= description'")
        turns = conversations[-1].turns
        speaker, colon, body = line.partition(":")
        if not colon or speaker not in ("agent", "user", "or"):
            fail("a line begins with '=', 'agent:', 'user:', 'or:' or '#'")
        previous = turns[-1] if turns else None
        if speaker == "agent":
            if previous and previous.role == "assistant":
                fail("two agent lines in a row: join them")
            turns.append(parse_agent(body.strip(), number, fail))
        elif speaker == "user":
            if previous and previous.role == "user":
                fail("two user lines in a row: join them with '|', or begin the second with 'or:'")
            speaking = START_LISTENING if previous and previous.cut_off else None
            utterance = parse_utterance(body, speaking, fail)
            turns.append(Turn("user", utterance.text, number, utterance))
        else:
            if previous is None or previous.role != "user":
                fail("'or:' stands after a user line")
            before = turns[-2] if len(turns) > 1 else None
            speaking = START_LISTENING if before and before.cut_off else None
            extra = parse_utterance(body, speaking, fail)
            turns[-1] = Turn(
                "user", previous.text, previous.line, previous.utterance, (*previous.alternatives, extra)
            )
    for conversation in conversations:
        turns = conversation.turns
        if not turns:
            raise MarkupError(path, conversation.line, "the conversation is empty")
        for turn, following in zip(turns, [*turns[1:], None], strict=True):
            if turn.cut_off and following is None:
                raise MarkupError(path, turn.line, "'--' needs a user line after it")
    return conversations


def read_corpus(directory: Path = CORPUS_DIR) -> list[Conversation]:
    """Every conversation of the corpus, file by file in name order."""
    found = []
    for path in sorted(directory.glob("*.txt")):
        found += parse_corpus(path.read_text(encoding="utf-8"), str(path))
    return found


def main() -> None:
    paths = [Path(name) for name in sys.argv[1:]] or sorted(CORPUS_DIR.glob("*.txt"))
    total: Counter[str] = Counter()
    errors = 0
    for path in paths:
        try:
            conversations = parse_corpus(path.read_text(encoding="utf-8"), str(path))
        except MarkupError as error:
            print(error, file=sys.stderr)
            errors += 1
            continue
        points = [p for c in conversations for u in c.utterances() for p in u.points]
        counts = Counter(point.action for point in points)
        total += counts
        total["conversations"] += len(conversations)
        print(f"{path.name}: {len(conversations)} conversations, {len(points)} points, {dict(counts)}")
    print(f"all: {dict(total)}")
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
