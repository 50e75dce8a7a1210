"""The tables that show how good a model is, from nothing but its logits."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import torch

from .actions import ACTIONS, CONTINUE_SPEAKING, SILENT_ACTIONS, SPEAKING_ACTIONS, START_SPEAKING
from .baselines import last_word, majority, ten_words_or_more
from .evaluation_sets import EvaluationSet
from .invariance import ALTERATIONS
from .metrics import (
    accuracy_and_f1,
    class_scores,
    end_of_utterance,
    expected_calibration_error,
    length_matched_weights,
    pair_accuracy,
    reliability,
)
from .prompt import Message
from .report_table import Row, Table

Logits = Callable[[Sequence[list[Message]]], np.ndarray]
"""Conversations to action logits [conversations, 4]."""
Sets = dict[str, EvaluationSet]

PUBLISHED = "published: anyreach-ai/semantic-turn-taking, 494M parameters, by its model card"
PUBLISHED_BINARY = {"TEN": (91.82, 91.80), "SwDA, yields": (65.96, 51.46), "SwDA, complete": (65.96, 51.46)}
PUBLISHED_MULTI = {"SwDA, yields": (68.98, 46.92), "SwDA, complete": (68.98, 46.92)}
"""Accuracy, macro F1. How it labelled Switchboard is not known: the same figures stand beside either rule."""

RULES = {
    "ten words or more is finished": ten_words_or_more,
    "a function word last is unfinished": last_word,
}
STATES = ("agent's state not known", "known")


def all_tables(run: Logits, temperature: float, sets: Sets) -> list[Table]:
    """Of the sets that are there: `evaluation_sets.all_sets`."""
    carded = {name: sets[name] for name in sets if "wait" not in name}
    switchboard = {name: sets[name] for name in sets if name.startswith("SwDA")}
    cases = {name: sets[name] for name in sets if sets[name].groups}
    found = [binary(run, carded), multi_class(run, carded)]
    if switchboard:
        found.append(continue_speaking(run, switchboard))
    if "TEN" in sets:
        found += [
            length_matched(run, sets["TEN"]),
            wait_lines(run, sets["TEN, wait, agent speaking"], sets["TEN, wait, agent silent"]),
        ]
    return [
        *found,
        state_known(run, {"held-out": sets["held-out"], **cases}),
        *(by_group(run, name, rated) for name, rated in cases.items()),
        minimal_pairs(run, cases),
        invariance(run, cases),
        *calibration(run, temperature, sets["held-out"]),
    ]


def answers(logits: np.ndarray, speaking: Sequence[bool] | None = None) -> list[str]:
    """The best action of the four, or of the pair that fits the agent's state."""
    found = []
    for row, scores in enumerate(logits):
        fits = ACTIONS if speaking is None else SPEAKING_ACTIONS if speaking[row] else SILENT_ACTIONS
        found.append(max(fits, key=lambda action, scores=scores: scores[ACTIONS.index(action)]))
    return found


def in_both_states(run: Logits, rated: EvaluationSet) -> list[np.ndarray]:
    """The model's answers [rows], the agent's state not known and known."""
    logits = run(rated.conversations)
    return [np.array(answers(logits, speaking)) for speaking in (None, rated.speaking)]


def share(hits: np.ndarray) -> float:
    return 100 * float(hits.mean())


def binary(run: Logits, sets: Sets) -> Table:
    """As the published card counts: its Switchboard has no backchannels here."""
    rated = {
        name: whole.without(CONTINUE_SPEAKING) if name.startswith("SwDA") else whole
        for name, whole in sets.items()
    }
    title = f"Binary (end of utterance or not): accuracy / macro F1 ({PUBLISHED})"
    return beside_rules(title, run, rated, PUBLISHED_BINARY, end_of_utterance)


def multi_class(run: Logits, sets: Sets) -> Table:
    title = f"Multi-class, the agent's state not known: accuracy / macro F1 ({PUBLISHED})"
    return beside_rules(title, run, sets, PUBLISHED_MULTI, list)


def beside_rules(
    title: str,
    run: Logits,
    sets: Sets,
    published: dict[str, tuple[float, float]],
    view: Callable[[Sequence[str]], list],
) -> Table:
    """`view`: actions to the classes that are counted."""
    rows: list[Row] = []
    for name, rated in sets.items():
        expected = view(rated.actions)
        ours = accuracy_and_f1(expected, view(answers(run(rated.conversations))))
        rules = [accuracy_and_f1(expected, view(rule(rated.final_texts))) for rule in RULES.values()]
        most = accuracy_and_f1(expected, majority(expected))
        rows.append((name, len(expected), ours, published.get(name), most, *rules))
    return Table(title, ("", "rows", "model", "published", "majority class", *RULES), rows, compared=1)


def continue_speaking(run: Logits, sets: Sets) -> Table:
    rows: list[Row] = []
    for name, rated in sets.items():
        scores = class_scores(rated.actions, answers(run(rated.conversations)), CONTINUE_SPEAKING)
        rows.append((name, list(rated.actions).count(CONTINUE_SPEAKING), *scores))
    columns = ("", "backchannels", "F1", "precision", "recall")
    return Table("continue_speaking on Switchboard, per cent", columns, rows, compared=1)


def length_matched(run: Logits, lines: EvaluationSet) -> Table:
    expected = end_of_utterance(lines.actions)
    weights = length_matched_weights([len(text.split()) for text in lines.final_texts], expected)
    answered = [answers(run(lines.conversations)), *(rule(lines.final_texts) for rule in RULES.values())]
    figures = [accuracy_and_f1(expected, end_of_utterance(each), weights) for each in answered]
    title = "Finished and unfinished lines paired by word count, mean over all pairings: accuracy / macro F1"
    # Either side has half of the weight: one for each pair.
    name = f"TEN, {np.count_nonzero(weights)} lines of lengths that both sides have"
    row: Row = (name, round(weights.sum() / 2), *figures)
    return Table(title, ("", "pairs", "model", *RULES), [row], compared=1)


def wait_lines(run: Logits, over: EvaluationSet, silent: EvaluationSet) -> Table:
    stops = [share(answered == np.array(over.actions)) for answered in in_both_states(run, over)]
    waits = [share(answered != START_SPEAKING) for answered in in_both_states(run, silent)]
    rows: list[Row] = [
        ("over a speaking agent: start_listening", len(over.actions), *stops),
        ("to a silent agent: not start_speaking", len(silent.actions), *waits),
    ]
    return Table("TEN's lines that tell the agent to wait, per cent", ("", "rows", *STATES), rows, compared=2)


def state_known(run: Logits, sets: Sets) -> Table:
    rows: list[Row] = [
        (name, len(rated.actions), accuracy_and_f1(rated.actions, in_both_states(run, rated)[1]))
        for name, rated in sets.items()
    ]
    columns = ("", "rows", "accuracy / macro F1")
    return Table("Multi-class, the agent's state known", columns, rows, compared=1)


def by_group(run: Logits, name: str, rated: EvaluationSet) -> Table:
    hits = [answered == np.array(rated.actions) for answered in in_both_states(run, rated)]
    rows: list[Row] = []
    for group, count in Counter(rated.groups).items():
        inside = np.array(rated.groups) == group
        rows.append((group, count, *(share(hit[inside]) for hit in hits)))
    return Table(f"{name}, accuracy by group", ("", "rows", *STATES), rows)


def minimal_pairs(run: Logits, sets: Sets) -> Table:
    """A pair whose rows are of two groups counts among all alone."""
    rows: list[Row] = []
    for name, rated in sets.items():
        hits = [answered == np.array(rated.actions) for answered in in_both_states(run, rated)]
        members = list(zip(rated.pairs, rated.groups, strict=True))
        whole = [member for member, count in Counter(members).items() if member[0] and count == 2]
        for chosen in ("all", *dict.fromkeys(group for _, group in whole)):
            counted = [pair if chosen == "all" or (pair, chosen) in whole else None for pair in rated.pairs]
            (count, unknown), (_, known) = (pair_accuracy(counted, list(hit)) for hit in hits)
            rows.append((f"{name}, {chosen}", count, unknown, known))
    return Table("Minimal pairs with both rows right, per cent", ("", "pairs", *STATES), rows, compared=2)


def invariance(run: Logits, sets: Sets) -> Table:
    """Over the rows that the alteration changes: over all rows the shares would look smaller."""
    rows: list[Row] = []
    for name, rated in sets.items():
        for alteration, alter in ALTERATIONS.items():
            altered = rated._replace(conversations=[alter(messages) for messages in rated.conversations])
            differ = [i for i, said in enumerate(rated.conversations) if altered.conversations[i] != said]
            before, after = in_both_states(run, rated), in_both_states(run, altered)
            changed = [(was != now)[differ] for was, now in zip(before, after, strict=True)]
            shares = [share(each) if differ else None for each in changed]
            rows.append((f"{name}, {alteration}", len(differ), *shares))
    title = "Answers that change with how the user's words are written, per cent of the rows it alters"
    return Table(title, ("", "rows altered", *STATES), rows, compared=2)


LENGTHS = ((1, None), (1, 1), (2, 2), (3, 5), (6, 12), (13, None))
"""Words of the utterance so far, from and to; the first is all."""


def calibration(run: Logits, temperature: float, rated: EvaluationSet) -> list[Table]:
    probabilities = torch.tensor(run(rated.conversations) / temperature).softmax(-1).numpy()  # [points, 4]
    confidence = probabilities.max(1)
    right = np.array([ACTIONS[best] for best in probabilities.argmax(1)]) == np.array(rated.actions)
    words = np.array([len(text.split()) for text in rated.final_texts])
    by_words: list[Row] = []
    for least, most in LENGTHS:
        inside = (words >= least) & (words <= (most or words.max()))
        if not inside.any():  # of a small corpus
            continue
        error = expected_calibration_error(confidence[inside], right[inside])
        means = float(confidence[inside].mean()), float(right[inside].mean())
        name = f"{least} or more" if most is None else f"{least}" if most == least else f"{least}–{most}"
        by_words.append((name, int(inside.sum()), error, *means))
    by_bin: list[Row] = [
        (f"{b.low:.3f}–{b.high:.3f}", b.points, b.confidence, b.accuracy)
        for b in reliability(confidence, right)
    ]
    where = f"on held-out conversations at temperature {temperature:g}, 15 bins"
    means = ("mean confidence", "accuracy")
    return [
        Table(
            f"Expected calibration error by length {where}",
            ("words of the utterance", "points", "expected calibration error", *means),
            by_words,
            decimals=3,
        ),
        Table(f"Reliability {where}", ("confidence", "points", *means), by_bin, decimals=3),
    ]
