"""The tables of the data card: every figure is counted here."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from statistics import quantiles

from .actions import ACTIONS, START_SPEAKING
from .corpus import Conversation, Point
from .mined import CHAT, DIALOGUE, SINGLE, meetings
from .mined_pauses import pauses
from .mined_sentences import SOURCE as SENTENCES
from .mined_sentences import sentences_among_people
from .mined_sources import MEETINGS, read, usable
from .mined_talk import clauses, talk, turns_among_people
from .mixture import is_held_out
from .overlap import ShingleIndex, evaluation_texts, near_duplicates, words_of

LICENCES = {
    MEETINGS: "CC BY 4.0",
    SENTENCES: "CC BY 4.0, MIT",
    "self_dialogue": "BSD-3-Clause",
    "topical_chat": "CDLA-Sharing 1.0",
    "casino": "CC BY 4.0",
    "sgd": "CC BY-SA 4.0",
    "star": "MIT",
    "taskmaster3": "CC BY 4.0",
    "taskmaster4": "CC BY 4.0",
    "smcalflow2_valid": "CC BY-SA 4.0",
    "dstc10_t2_val": "Apache-2.0",
    "clinc150": "CC BY 3.0",
    "banking77": "CC BY 4.0",
    "hwu64": "CC BY 4.0",
    "slurp": "CC BY 4.0",
    "snips": "CC0",
    "restaurant8k": "CC BY 4.0",
    "nlupp": "CC BY 4.0",
    "disfl_qa": "CC BY 4.0",
}
"""As in training/README.md."""
DUPLICATE = 0.8
"""Word 3-gram Jaccard from which two texts of the corpus count as near-duplicates of each other."""
DUPLICATE_WORDS = 6
"""Shorter utterances are everyday phrases, which callers do share."""
PREFIXES = 3
"""`mined.mine` takes up to so many prefixes of a user turn."""
FILTERED = ("single", "dialogue", "chat")
"""The kinds whose prefixes the base model is asked about."""
YIELDS = "yielded / not"
"""The head of what `yields_of` counts."""


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Markdown; the first column is text, the others stand to the right, figures with thousands marked."""
    lines = [heads, ["---"] + ["--:"] * (len(heads) - 1)]
    lines += [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def percent(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f}%"


def points_of(conversations: Iterable[Conversation]) -> Iterator[Point]:
    for conversation in conversations:
        for utterance in conversation.utterances():
            yield from utterance.points


def actions_of(conversations: Iterable[Conversation]) -> Counter[str]:
    """Without the points that teach the yield output alone: they say nothing of an agent's actions."""
    return Counter(point.action for point in points_of(conversations) if not point.among_people)


def yields_of(conversations: Iterable[Conversation]) -> str:
    """The points that teach the yield output alone: where another spoke next, and where not."""
    yielded = [point.action == START_SPEAKING for point in points_of(conversations) if point.among_people]
    return f"{sum(yielded):,} / {len(yielded) - sum(yielded):,}"


def user_texts(conversations: Iterable[Conversation]) -> list[list[str]]:
    """Words of every utterance, alternatives and overlaps included."""
    return [words_of(utterance.text) for found in conversations for utterance in found.utterances()]


def agent_texts(conversations: Iterable[Conversation]) -> list[list[str]]:
    return [
        words_of(turn.text) for found in conversations for turn in found.turns if turn.role == "assistant"
    ]


def word_count(texts: Iterable[list[str]]) -> int:
    return sum(map(len, texts))


def authored_counts(authored: list[Conversation]) -> str:
    users, agents = user_texts(authored), agent_texts(authored)
    domains = Counter(conversation.domain for conversation in authored)
    held_out = [conversation for conversation in authored if is_held_out(conversation)]
    return table(
        ["", "count"],
        [
            ("conversations", len(authored)),
            ("of these held out of training", len(held_out)),
            ("domains", len(domains)),
            ("conversations a domain, fewest to most", f"{min(domains.values())}–{max(domains.values())}"),
            ("turns", sum(len(conversation.turns) for conversation in authored)),
            ("utterances of users, with alternatives and overlaps", len(users)),
            ("words of users", word_count(users)),
            ("words of agents", word_count(agents)),
            ("labelled points", actions_of(authored).total()),
            ("of these held out of training", actions_of(held_out).total()),
        ],
    )


def lengths(conversations: list[Conversation]) -> str:
    """Labelled points by action, and quartiles of the words in the user's message at the point."""
    by_action: dict[str, list[int]] = {action: [] for action in ACTIONS}
    for conversation in conversations:
        for utterance in conversation.utterances():
            for point in utterance.points:
                by_action[point.action].append(point.words)
    rows = []
    for action, words in by_action.items():
        first, median, third = (f"{value:g}" for value in quantiles(words, n=4))
        share = percent(len(words), actions_of(conversations).total())
        rows.append((f"`{action}`", len(words), share, min(words), first, median, third, max(words)))
    return table(["action", "points", "share", "least", "first quartile", "median", "third", "most"], rows)


def ngrams(texts: list[list[str]], size: int) -> Counter[tuple[str, ...]]:
    """n-grams of words inside each text."""
    shifted = ([words[start:] for start in range(size)] for words in texts)
    return Counter(ngram for columns in shifted for ngram in zip(*columns, strict=False))


def as_many_words(texts: list[list[str]], words: int) -> list[list[str]]:
    """A random part of the texts with about that many words: distinct shares fall as a corpus grows."""
    shuffled = random.Random(0).sample(texts, len(texts))
    total, kept = 0, []
    for text in shuffled:
        if total >= words:
            break
        kept.append(text)
        total += len(text)
    return kept


def diversity(authored: list[Conversation], data_dir: Path) -> str:
    users = user_texts(authored)
    sets = {"users": users, "agents": agent_texts(authored)}
    for source in ("sgd", "star"):
        path = data_dir / "train" / f"{source}.jsonl.gz"
        if path.exists():
            turns = (turn for row in read(path) for turn in row["turns"] if turn["role"] == "user")
            sets[f"users of {source}"] = as_many_words(
                [words_of(turn["text"]) for turn in turns], word_count(users)
            )
    rows = []
    for name, texts in sets.items():
        counted = [ngrams(texts, size) for size in (1, 2, 3, 4)]
        shares = [f"{len(found):,} ({percent(len(found), found.total())})" for found in counted]
        rows.append((name, word_count(texts), *shares))
    heads = ["", "words", "distinct words: vocabulary", "distinct 2-grams", "3-grams", "4-grams"]
    return table(heads, rows)


def similar_pairs(texts: list[list[str]]) -> Iterator[tuple[int, int, float]]:
    """(earlier, later, similarity) of the texts that share a 3-gram."""
    index = ShingleIndex(texts)
    for later, words in enumerate(texts):
        for earlier, similarity in index.similar(words).items():
            if earlier < later:
                yield earlier, later, similarity


def repetition(authored: list[Conversation]) -> str:
    said = [
        (words, number)
        for number, conversation in enumerate(authored)
        for words in user_texts([conversation])
        if len(words) >= DUPLICATE_WORDS
    ]
    alike, elsewhere = set(), set()
    for *pair, similarity in similar_pairs([words for words, _ in said]):
        if similarity >= DUPLICATE:
            alike.update(pair)
            elsewhere.update(pair if said[pair[0]][1] != said[pair[1]][1] else ())
    whole = [[*chain(*agent_texts([found]), *user_texts([found]))] for found in authored]
    most, copies = 0.0, set()
    for *pair, similarity in similar_pairs(whole):
        most = max(most, similarity)
        copies.update(pair if similarity >= DUPLICATE else ())
    rows = [
        (f"utterances of {DUPLICATE_WORDS} words or more", len(said), ""),
        ("with a near-duplicate in the corpus", len(alike), percent(len(alike), len(said))),
        ("with one in another conversation", len(elsewhere), percent(len(elsewhere), len(said))),
        ("conversations", len(authored), ""),
        ("with a near-duplicate in the corpus", len(copies), percent(len(copies), len(authored))),
    ]
    return f"{table(['', 'count', 'share'], rows)}\n\nThe two conversations most alike: {most:.2f}."


def overlap(authored: list[Conversation], data_dir: Path) -> str:
    train = [conversation for conversation in authored if not is_held_out(conversation)]
    evaluation = evaluation_texts(data_dir)
    found = near_duplicates(train, evaluation)
    left_out = {duplicate.conversation.id: duplicate.conversation for duplicate in found}
    longest = max((len(words_of(duplicate.of.text)) for duplicate in found), default=0)
    rows = [
        (source, count, len({each.conversation.id for each in found if each.of.source == source}))
        for source, count in Counter(text.source for text in evaluation).items()
    ]
    return (
        f"{table(['evaluation set', 'texts compared', 'conversations with a near-duplicate'], rows)}\n\n"
        f"Left out of training: {len(left_out)} conversations with {actions_of(left_out.values()).total():,} "
        f"labelled points. The longest evaluation text that one of them resembles has {longest} words."
    )


def candidates(folder: Path) -> tuple[str, int, int]:
    """What could be mined: a table, its ends of turns and meeting points of actions, at most PREFIXES a turn.

    Each distinct user turn of a corpus counts once: parts of it hold the same dialogue more than once.
    """
    rows = []
    for source in (*SINGLE, *DIALOGUE, *CHAT):
        dialogues = list(read(folder / f"{source}.jsonl.gz"))
        turns = chain.from_iterable(row["turns"] for row in dialogues)
        # Either side of a chat may stand for the user.
        said = (turn["text"] for turn in turns if source in CHAT or turn["role"] == "user")
        prefixes = [
            len(text.split()) - 1 for text in {" ".join(text.split()) for text in said if usable(text)}
        ]
        taken = sum(min(PREFIXES, count) for count in prefixes)
        rows.append((source, LICENCES[source], len(dialogues), len(prefixes), sum(prefixes), taken, ""))
    everything = 10**9
    of_actions = {
        "meetings": meetings(folder, random.Random(0)),
        "talk": talk(folder, everything, random.Random(0)),
    }
    of_yields = {
        (MEETINGS, "units"): turns_among_people(folder, everything, random.Random(0)),
        (MEETINGS, "pauses"): pauses(folder, everything, random.Random(0)),
        (SENTENCES, "sentences"): sentences_among_people(folder, everything, random.Random(0)),
    }
    for kind, found in of_actions.items():
        name = f"{MEETINGS}, {kind}"
        rows.append((name, LICENCES[MEETINGS], len(found), actions_of(found).total(), 0, 0, ""))
    for (source, kind), found in of_yields.items():
        rows.append((f"{source}, {kind}", LICENCES[source], len(found), 0, 0, 0, yields_of(found)))
    found = clauses(folder, everything, random.Random(0))
    rows.append(("clauses first", "of their corpora", *[len(found)] * 4, ""))
    sums = [sum(row[column] for row in rows) for column in range(2, 6)]
    heads = ["corpus", "licence", "conversations", "ends", "prefixes", f"≤ {PREFIXES} a turn", YIELDS]
    all_yields = yields_of(chain.from_iterable(of_yields.values()))
    return table(heads, [*rows, ("all", "", *sums, all_yields)]), sums[1], sums[3]


def by_source(mined: list[Conversation]) -> str:
    rows = []
    for source in sorted({conversation.domain for conversation in mined}):
        found = [conversation for conversation in mined if conversation.domain == source]
        counts = actions_of(found)
        actions = [counts[action] for action in ACTIONS]
        rows.append((source, LICENCES[source], len(found), *actions, counts.total(), yields_of(found)))
    sums = [sum(row[column] for row in rows) for column in range(2, 8)]
    heads = ["corpus", "licence", "conversations", *(f"`{action}`" for action in ACTIONS), "points", YIELDS]
    return table(heads, [*rows, ("all", "", *sums, yields_of(mined))])


def passed_filter(mined: list[Conversation]) -> float:
    """Prefixes that were taken, as a share of what at most PREFIXES a turn would be without the filter.

    `mined`: of the FILTERED kinds."""
    said = [utterance for conversation in mined for utterance in conversation.utterances()]
    asked = sum(min(PREFIXES, len(utterance.text.split()) - 1) for utterance in said)
    return sum(len(utterance.points) - 1 for utterance in said) / asked
