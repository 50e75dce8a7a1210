"""Silences of word-timed meetings that a listening agent must judge, and what a model makes of them.

What counts and how a prompt is built is that of the streaming benchmark (packages/bench/src/streaming:
meeting.ts, floor.ts); the tests of both read the same conversations. The benchmark measures on the test
meetings, these are the others.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from .actions import ACTIONS, CONTINUE_LISTENING, START_SPEAKING
from .manifest import graph_in, read_manifest
from .metrics import sigmoid
from .mined_sources import MEETING_FILES, is_test_meeting, read
from .model import load_tokenizer
from .onnx_runner import OnnxRunner, Past
from .pace import PAUSE_MS, Pace, spoken_ms
from .prompt import Message

MIN_SILENCE_MS = 200
MAX_SILENCE_MS = 5000
CONTEXT_STRETCHES = 40
CONTEXT_MESSAGES = 4
MESSAGE_WORDS = 60
BACKCHANNEL = re.compile(r"(b|s\^bk|s\^ba)(\.%)?")
UNSPOKEN = re.compile(r"<.*>$|-|.*-$")


class Word(NamedTuple):
    start_ms: float
    end_ms: float
    text: str


class Stretch(NamedTuple):
    """Speech of one speaker without a silence in it. Backchannels are none."""

    speaker: str
    words: list[Word]

    @property
    def start_ms(self) -> float:
        return self.words[0].start_ms

    @property
    def end_ms(self) -> float:
        return max(word.end_ms for word in self.words)


class Silence(NamedTuple):
    meeting: str
    is_end: bool
    """Another answers; otherwise a hold: the speaker goes on."""
    silence_ms: float
    messages: list[Message]
    """What was said so far, the speaker as the user, all others as the agent."""
    pace: Pace
    """How the speaker has spoken in this meeting before the silence."""
    place: int | None = None
    """Among the stretches of its meeting, of the one that it follows; None of what is in no meeting."""


class Points(NamedTuple):
    """Silences with what a model makes of them, each [points]."""

    meetings: np.ndarray
    ends: np.ndarray
    silence_ms: np.ndarray
    completion: np.ndarray
    """The probability of start_speaking within the pair of a silent agent, 0 to 1."""
    yielded: np.ndarray
    """That of a yield, NaN of a model that does not say."""
    turn_ms: np.ndarray
    held: np.ndarray
    answered: np.ndarray
    """These three as in `Pace`."""

    def where(self, chosen: np.ndarray) -> "Points":
        return Points(*(column[chosen] for column in self))


def read_silences(folder: Path, test: bool = False) -> list[Silence]:
    """Of the meetings for testing or of the others, by their ids."""
    return [
        silence
        for meeting, stretches in read_stretches(folder, test).items()
        for silence in silences_of(meeting, stretches)
    ]


def read_stretches(folder: Path, test: bool = False) -> dict[str, list[Stretch]]:
    """By meeting."""
    units, words = (
        {row["id"]: row for row in read(folder / file) if is_test_meeting(row["id"]) == test}
        for file in MEETING_FILES
    )
    return {
        meeting: stretches_of(units[meeting]["turns"], words[meeting]["words"]) for meeting in sorted(units)
    }


def stretches_of(units: list[dict], times: dict[str, list]) -> list[Stretch]:
    """Who speaks when, by beginnings. `times`: uid to [start, end, word] in seconds."""
    timed = [(unit, times[unit["uid"]]) for unit in units if times.get(unit["uid"])]
    said = [
        (unit["speaker"], Word(1000 * start, 1000 * end, text))
        for unit, words in sorted(timed, key=lambda each: each[1][0][0])
        if not BACKCHANNEL.fullmatch(" ".join(unit["tags"]))
        for start, end, text in words
    ]
    last: dict[str, Stretch] = {}
    stretches = []
    for speaker, word in sorted(said, key=lambda each: each[1].start_ms):
        if speaker in last and word.start_ms - last[speaker].end_ms < MIN_SILENCE_MS:
            last[speaker].words.append(word)
        else:
            last[speaker] = Stretch(speaker, [word])
            stretches.append(last[speaker])
    return stretches


def silences_of(meeting: str, stretches: list[Stretch]) -> Iterator[Silence]:
    """Holds of 0.2 to 5 s, and ends of up to 5 s whose answer is over before the first speaker is back.

    Silences in which somebody else was still speaking are left out, as are those after no word at all. A
    speaker's pace counts the silences that are listed; a turn begins where the speaker before was another.
    """
    said = [(stretch.speaker, recognised(stretch.words)) for stretch in stretches]
    latest_ms = -np.inf
    held: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    turn_speaker, turn_start_ms = "", 0.0
    for index, (stretch, following) in enumerate(pairwise(stretches)):
        speaker = stretch.speaker
        if speaker != turn_speaker:
            turn_speaker, turn_start_ms = speaker, stretch.start_ms
        before_ms, latest_ms = latest_ms, max(latest_ms, stretch.end_ms)
        silence_ms = following.start_ms - stretch.end_ms
        is_end = following.speaker != speaker
        least_ms = 0 if is_end else MIN_SILENCE_MS
        if before_ms > stretch.end_ms or not least_ms <= silence_ms <= MAX_SILENCE_MS:
            continue
        later = (stretches[place] for place in range(index + 2, len(stretches)))
        again_ms = next((each.start_ms for each in later if each.speaker == speaker), np.inf)
        if is_end and again_ms < following.end_ms:
            continue
        messages = messages_of(said[max(0, index - CONTEXT_STRETCHES) : index + 1], speaker)
        if messages and messages[-1]["role"] == "user":
            turn_ms = max(stretch.end_ms - turn_start_ms, spoken_ms(messages[-1]["content"]))
            pace = Pace(turn_ms, held[speaker], answered[speaker])
            answered[speaker] += is_end
            held[speaker] += not is_end and silence_ms >= PAUSE_MS
            yield Silence(meeting, is_end, silence_ms, messages, pace, index)


def messages_of(said: list[tuple[str, list[str]]], user: str) -> list[Message]:
    """The last few, each with its last words. `said`: speakers and their words."""
    turns = turns_of(said, user)[-CONTEXT_MESSAGES:]
    spoken = [(role, [word for place in places for word in said[place][1]]) for role, places in turns]
    return [{"role": role, "content": " ".join(words[-MESSAGE_WORDS:])} for role, words in spoken]


def turns_of(said: list[tuple[str, list[str]]], user: str) -> list[tuple[str, list[int]]]:
    """Roles and the places in `said` of what they say: a speaker as the user, all others as the agent. Where
    there are no words nobody speaks."""
    turns: list[tuple[str, list[int]]] = []
    for place, (speaker, words) in enumerate(said):
        role = "user" if speaker == user else "assistant"
        if words and turns and turns[-1][0] == role:
            turns[-1][1].append(place)
        elif words:
            turns.append((role, [place]))
    return turns


def recognised(words: Sequence[Word]) -> list[str]:
    """As a recogniser writes them: no fragments, no marks of noise, letters said one by one apart."""
    texts = ("okay" if word.text == "o_k" else word.text for word in words if not UNSPOKEN.match(word.text))
    spelled = " ".join(re.sub("_+", " ", text).strip() for text in texts)
    return [word.replace("uhhuh", "uh-huh").replace("mmhmm", "mm-hmm") for word in spelled.split()]


def sample(silences: list[Silence], limit: int | None) -> list[Silence]:
    """At most so many of each kind, in their order."""
    if limit is None:
        return silences
    chosen: set[int] = set()
    for kind in (False, True):
        indexes = [index for index, silence in enumerate(silences) if silence.is_end == kind]
        chosen.update(random.Random(0).sample(indexes, min(limit, len(indexes))))
    return [silences[index] for index in sorted(chosen)]


def judge(folder: Path, silences: list[Silence], threads: int) -> Points:
    """By a folder of the shipped form, at its temperature."""
    facts = read_manifest(folder)
    tokenizer = load_tokenizer(folder)
    runner = OnnxRunner(graph_in(folder, facts), threads)
    prompts = [tokenizer.prompt(silence.messages) for silence in silences]
    has_yield = "yielded" in facts["tokens"]
    outputs = one_after_another(runner, prompts, tokenizer.rows if has_yield else tokenizer.actions)
    yielded = sigmoid(outputs[:, -1]) if has_yield else np.full(len(prompts), np.nan)
    logits = outputs / facts["calibration"]["temperature"]
    speak, listen = (logits[:, ACTIONS.index(action)] for action in (START_SPEAKING, CONTINUE_LISTENING))
    meetings, ends, silence_ms = (np.array([each[column] for each in silences]) for column in range(3))
    turn_ms, held, answered = np.array([silence.pace for silence in silences]).T
    return Points(meetings, ends, silence_ms, sigmoid(speak - listen), yielded, turn_ms, held, answered)


def one_after_another(runner: OnnxRunner, prompts: list[list[int]], token_ids: Sequence[int]) -> np.ndarray:
    """The tokens' logits [prompts, tokens], each prompt alone, as a session runs it: what it has in common
    with the one before, in the order of their tokens, is not run again."""
    logits = np.zeros((len(prompts), len(token_ids)))
    known: list[int] = []
    past: Past = runner.empty_past(1)
    for index in tqdm(sorted(range(len(prompts)), key=prompts.__getitem__), mininterval=5, leave=False):
        prompt = prompts[index]
        pairs = zip(known, prompt[:-1], strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        row, past = runner.run([prompt[shared:]], [part[:, :, :shared] for part in past])
        logits[index] = row[0, list(token_ids)] if runner.published else row[0, : len(token_ids)]
        known = prompt
    return logits
