"""Conversations to prompt trees: one sampled style of the agent and one stretch of history at a time.

The user's words are written as the tokenizer's template writes them, so that every labelled point is a
prompt that is asked once the model is used.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .actions import ACTIONS, CONTINUE_LISTENING, SPEAKING_ACTIONS, START_SPEAKING
from .corpus import Conversation, Point, Turn, Utterance
from .plain_words import EDGE_PUNCTUATION
from .prompt import MAX_TOKENS, PromptTokenizer
from .styles import Style, sample_agent_style
from .tree import LabelledToken, PromptTree
from .vary_words import open_characters, redraw_digits, with_filler

OPEN_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "your",
        "his",
        "her",
        "their",
        "our",
        "and",
        "or",
        "but",
        "because",
        "if",
        "i'm",
        "it's",
        "that's",
        "there's",
        "to",
        "of",
        "for",
        "with",
        "at",
        "from",
        "than",
        "into",
        "about",
    ]
)
"""A turn hardly ever ends in these: an unmarked boundary after one is incomplete, and an agent that has
said one last is cut off."""
TRAILERS = ("um", "uh", "er", "and", "but", "so", "and um", "because", "so um", "and then", "well")
"""Said after a finished turn, these announce more. "or" may not: corpus/README.md."""


@dataclass(frozen=True)
class Augmentation:
    """What is varied; `NONE` renders the conversation as it is written."""

    agent_as_written: float = 0.54
    """Share of conversations in which the agent's words keep their case and punctuation."""
    history: float = 0.3
    """Chance that the conversation's beginning is left out."""
    trailers: float = 0.08
    """Chance that a complete point gets a sibling with a trailing filler."""
    open_words: float = 0.3
    """Chance that an unmarked boundary after an open word becomes a point."""
    open_characters: float = 0.15
    """The same, inside a number or a word that is being spelled."""
    digits: float = 0.5
    """Chance that a conversation's dictated numbers are drawn anew."""
    fillers: float = 0.1
    """Chance that a filler stands before what the user says."""
    apostrophes: float = 0.2
    """Share of conversations in which the user's words lack them: "dont"."""
    user_as_written: float = 0.12
    """Share of conversations in which the user's words stand as they are, for who makes prompts without
    the template."""


NONE = Augmentation(
    agent_as_written=1,
    history=0,
    trailers=0,
    open_words=0,
    open_characters=0,
    digits=0,
    fillers=0,
    apostrophes=0,
    user_as_written=0,
)


class Writing(NamedTuple):
    """How what a user says is written, by a recogniser and the template."""

    word: Callable[[str], str]
    count: Callable[[str, int | None], str]
    """What the template adds to words, after an agent that has asked for so many characters."""


class Before(NamedTuple):
    """What the agent's last words tell of what the user says then."""

    cut_is_visible: bool = False
    """Where the agent is cut off, its words show it."""
    asked: int | None = None
    """How many letters and digits it has asked for."""


class TreeMaker:
    """Builds one prompt tree for each conversation."""

    def __init__(self, tokenizer: PromptTokenizer, augmentation: Augmentation = Augmentation()):
        self.tokenizer = tokenizer
        self.augmentation = augmentation
        self.encode = lru_cache(maxsize=100_000)(lambda text: tuple(tokenizer.encode(text)))
        # As it is written after another word: alone, a word of punctuation would stay.
        self.written = lru_cache(maxsize=100_000)(lambda word: tokenizer.words(f"a {word}")[2:])

    def tree(self, conversation: Conversation, chance: random.Random) -> PromptTree:
        tree = PromptTree()
        if chance.random() < self.augmentation.digits:
            conversation = redraw_digits(conversation, chance)
        agent = sample_agent_style(chance, self.augmentation.agent_as_written)
        writing = self.sample_writing(chance)
        turns = conversation.turns
        # What was asked decides what an answer is worth: no answer stands without its question.
        starts = [place for place, turn in enumerate(turns[:-1]) if turn.role == "assistant"]
        if len(turns) > 2 and starts and chance.random() < self.augmentation.history:
            turns = turns[chance.choice(starts) :]
        cursor, before = -1, Before()
        for turn in turns:
            if turn.role == "assistant":
                cursor = self.agent_turn(tree, cursor, turn, agent, writing, chance)
                before = self.after(turn.text.split(), agent)
            else:
                assert turn.utterance is not None
                for alternative in turn.alternatives:
                    self.user_words(tree, cursor, alternative, before, writing, chance)
                cursor = self.user_words(tree, cursor, turn.utterance, before, writing, chance)
                before = Before()
            cursor = tree.grow(cursor, self.tokenizer.close_message())
            if len(tree.tokens) > MAX_TOKENS:
                break  # the rest is dropped: a tree costs memory with the square of its tokens
        return tree

    def sample_writing(self, chance: random.Random) -> Writing:
        as_written = chance.random() < self.augmentation.user_as_written
        word, count = (str, lambda *_: "") if as_written else (self.written, self.tokenizer.count)
        if chance.random() < self.augmentation.apostrophes:
            return Writing(lambda said: word(said.replace("'", "").replace("’", "")), count)
        return Writing(word, count)

    def agent_turn(
        self,
        tree: PromptTree,
        cursor: int,
        turn: Turn,
        agent: Style,
        writing: Writing,
        chance: random.Random,
    ) -> int:
        overlaps = {overlap.words: [] for overlap in turn.overlaps}
        for overlap in turn.overlaps:
            overlaps[overlap.words].append(overlap.utterance)
        words = turn.text.split()
        cursor = self.start(tree, cursor, "assistant")
        first = True
        for count, word in enumerate(words, 1):
            cursor, first = self.word(tree, cursor, agent.word(word), first)
            for utterance in overlaps.get(count, ()):
                end = tree.grow(cursor, self.tokenizer.close_message())
                self.user_words(tree, end, utterance, self.after(words[:count], agent), writing, chance)
        return cursor

    def after(self, words: list[str], agent: Style) -> Before:
        return Before(cut_is_visible(words, agent), self.tokenizer.asked_by(" ".join(map(agent.word, words))))

    def user_words(
        self,
        tree: PromptTree,
        cursor: int,
        utterance: Utterance,
        before: Before,
        writing: Writing,
        chance: random.Random,
    ) -> int:
        if utterance.points and chance.random() < self.augmentation.fillers:
            utterance = with_filler(utterance, chance)
        points = {point.words: point for point in self.points(utterance, chance)}
        cursor = self.start(tree, cursor, "user")
        said = ""
        for count, word in enumerate(utterance.text.split(), 1):
            written = writing.word(word)
            cursor, _ = self.word(tree, cursor, written, first=not said)
            said = f"{said} {written}".strip()
            point = points.get(count)
            if point is None or not said:
                continue
            leaf = tree.grow(cursor, self.encode(writing.count(said, before.asked)))
            pair_only = point.action in SPEAKING_ACTIONS and not before.cut_is_visible
            self.label(tree, leaf, point, pair_only)
            ends = point.action == START_SPEAKING and not point.among_people
            if ends and chance.random() < self.augmentation.trailers:
                leaf, _ = self.word(tree, cursor, chance.choice(TRAILERS), False)
                self.label(tree, leaf, Point(count, CONTINUE_LISTENING))
        return tree.grow(cursor, self.encode(writing.count(said, before.asked)))

    def points(self, utterance: Utterance, chance: random.Random) -> list[Point]:
        points = list(utterance.points)
        if not points or points[0].among_people or points[0].action in SPEAKING_ACTIONS:
            return points
        marked = {point.words for point in points}
        for count, word in enumerate(utterance.text.split(), 1):
            open_word = count not in marked and word.lower() in OPEN_WORDS
            if open_word and chance.random() < self.augmentation.open_words:
                points.append(Point(count, CONTINUE_LISTENING))
        return points + [
            point
            for point in open_characters(utterance)
            if chance.random() < self.augmentation.open_characters
        ]

    def label(self, tree: PromptTree, leaf: int, point: Point, pair_only: bool = False) -> None:
        index = tree.grow(leaf, self.tokenizer.tail)
        silent = None if point.silent_action is None else ACTIONS.index(point.silent_action)
        action = ACTIONS.index(point.action)
        tree.points.append(LabelledToken(index, action, silent, pair_only, point.among_people))

    def start(self, tree: PromptTree, cursor: int, role: str) -> int:
        return tree.grow(cursor, [self.tokenizer.message_start, *self.encode(f"{role}\n")])

    def word(self, tree: PromptTree, cursor: int, word: str, first: bool) -> tuple[int, bool]:
        """Adds words, encoded apart: the pre-tokeniser splits before every space."""
        for piece in word.split():
            cursor = tree.grow(cursor, self.encode(piece if first else f" {piece}"))
            first = False
        return cursor, first


def cut_is_visible(words: list[str], agent: Style) -> bool:
    """Whether an agent that stops after these words can be told from one that has finished.

    Punctuation tells it. Without, "your balance is forty" is as good a sentence as any. In mined talk
    (`mined_talk.py`) backchannels do follow a finished sentence, and teach all four actions: it has the form
    of Switchboard on purpose. Authored conversations have no such place (corpus/README.md).
    """
    return agent.punctuation or words[-1].strip(EDGE_PUNCTUATION).lower() in OPEN_WORDS


def single_points(conversations: list[Conversation]) -> list[tuple[list[dict[str, str]], str, bool]]:
    """Every labelled point as plain messages, its action and whether the agent is speaking."""
    found = []
    for conversation in conversations:
        history: list[dict[str, str]] = []
        speaking = False
        for turn in conversation.turns:
            if turn.role == "assistant":
                words = turn.text.split()
                for overlap in turn.overlaps:
                    said = {"role": "assistant", "content": " ".join(words[: overlap.words])}
                    found += heard([*history, said], overlap.utterance, True)
                speaking = turn.cut_off
            else:
                assert turn.utterance is not None
                for utterance in (turn.utterance, *turn.alternatives):
                    found += heard(history, utterance, speaking)
                speaking = False
            history = [*history, {"role": turn.role, "content": turn.text}]
    return found


def heard(history: list[dict[str, str]], utterance: Utterance, speaking: bool):
    words = utterance.text.split()
    return [
        ([*history, {"role": "user", "content": " ".join(words[: point.words])}], point.action, speaking)
        for point in utterance.points
    ]
