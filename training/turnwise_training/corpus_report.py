"""Writes the data card of what a model is trained on: corpus/REPORT.md, every figure counted here.

    python -m turnwise_training.corpus_report [--data-dir ../../shared/data] [--out corpus/REPORT.md]
    python -m turnwise_training.corpus_report --mined 1200 --seed 3     # a sample of what can be mined, too

`--mined` mines every kind, of each that number times its share in `mined.SHARES`, whatever a run names. It
asks the base model about every mined text that it has not seen yet (`completeness.py`): seconds for a
thousand words on a CPU. What could be mined is counted without it.
"""

import argparse
from pathlib import Path

from .corpus import CORPUS_DIR, read_corpus
from .corpus_tables import (
    DUPLICATE,
    FILTERED,
    PREFIXES,
    actions_of,
    authored_counts,
    by_source,
    candidates,
    diversity,
    lengths,
    overlap,
    passed_filter,
    repetition,
)
from .mined import INCOMPLETE_BELOW, SHARES, mine
from .overlap import MIN_WORDS, MIN_WORDS_SWDA, SIMILAR

AUTHORED = f"""\
# Data card: what turnwise is trained on

Written by `python -m turnwise_training.corpus_report` in `training/`: change that, not this. Words are in
lower case without punctuation.

## Authored conversations
`corpus/*.txt`, Apache-2.0; [README.md](README.md) says how they are written.

{{counts}}

Labelled points by action, and how many words of the user's message are heard at the point:

{{lengths}}

### Lexical diversity
Distinct n-grams inside utterances, and their share of all. Beside them, where they are at hand, as many words
of two public corpora of written task dialogue.

{{diversity}}

### Near-duplicates
Word 3-gram Jaccard of {DUPLICATE} or more: utterances of users, and all that is said in a conversation.

{{repetition}}

## Evaluation text
No conversation trained on holds a near-duplicate of an evaluation text: word 3-gram Jaccard of {SIMILAR} or
more between what a user says there and any beginning of what a user says here, from {MIN_WORDS} words on
({MIN_WORDS_SWDA} for Switchboard). `mixture.py` leaves such conversations out; `tests/test_overlap.py`
proves it. Evaluation sets that were not at hand are missing from the table.

{{overlap}}
"""
CANDIDATES = f"""\
## Mined from public corpora
What `mined.py` can draw on. Each distinct user turn ends in a point; its word prefixes are counted before the
base model leaves out those that may be complete (probability of an end of {INCOMPLETE_BELOW} or more). The
meetings (mrda) are counted by kind, without a filter: meetings are real overlaps and abandoned units, one
point each, and talk is units that are clear to an agent. Units and pauses are the same words once more, whole
turns and windows of word-timed speech, and sentences are turns of other meetings (ami_qmsum): they teach no
action, only the yield output, and their points are in a column of their own: where another spoke next
("yielded"), and where the speaker went on ("not").

{{candidates}}

Points of actions available, with at most {PREFIXES} prefixes a turn: {{authored:,}} authored and
{{mined:,}} mined before the filter, {{all:,}} in all; {{ends:,}} without any prefix. The published corpus
has 154,000.
"""
MINED = """\
### A sample
Every kind, of each {count:,} times its share in `mined.SHARES` or what there is, mined with seed {seed}; the
yield output's points are no actions and stand by themselves:

{mined}

The filter left {passed:.0%} of the prefixes that could be taken. At that rate about {all:,.0f} points
of actions are available.
"""


def report(data_dir: Path, mined_conversations: int, seed: int) -> str:
    authored = read_corpus()
    parts = [
        AUTHORED.format(
            counts=authored_counts(authored),
            lengths=lengths(authored),
            diversity=diversity(authored, data_dir),
            repetition=repetition(authored),
            overlap=overlap(authored, data_dir),
        )
    ]
    folder = data_dir / "train"
    if folder.exists():
        total = actions_of(authored).total()
        counted, ends, prefixes = candidates(folder)
        parts.append(
            CANDIDATES.format(
                candidates=counted,
                authored=total,
                mined=ends + prefixes,
                all=total + ends + prefixes,
                ends=total + ends,
            )
        )
        if mined_conversations:
            filtered = mine(folder, mined_conversations, FILTERED, seed)
            others = [kind for kind in SHARES if kind not in FILTERED]
            passed = passed_filter(filtered)
            parts.append(
                MINED.format(
                    count=mined_conversations,
                    seed=seed,
                    mined=by_source(filtered + mine(folder, mined_conversations, others, seed)),
                    passed=passed,
                    all=round(total + ends + passed * prefixes, -3),
                )
            )
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=Path("../../shared/data"))
    parser.add_argument("--out", type=Path, default=CORPUS_DIR / "REPORT.md")
    parser.add_argument("--mined", type=int, default=0, help="mine and count so many times SHARES; 0: none")
    parser.add_argument("--seed", type=int, default=0, help="of the mined conversations")
    arguments = parser.parse_args()
    arguments.out.write_text(report(arguments.data_dir, arguments.mined, arguments.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
