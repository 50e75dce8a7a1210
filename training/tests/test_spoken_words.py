"""However a recogniser writes the same words, the prompt is the same."""

import random

import pytest

from turnwise_training.corpus import read_corpus
from turnwise_training.fixture_messages import PROMPTS, WRITINGS, assistant, user
from turnwise_training.invariance import ALTERATIONS, numerals
from turnwise_training.plain_words import bare_words
from turnwise_training.prompt import SPOKEN_WORDS, Message, PromptTokenizer
from turnwise_training.spoken_words import spoken_words

HOW_IT_IS_WRITTEN = ("lower case", "without punctuation", "digits as words", "words as digits")
PIECES = (
    *["I", "I’m", "Two", "nine", "NINE", "4", "412", "0770090046112", "٣", "3rd", "5.30", "İÇ", "ΟΔΟΣ"],
    *["22", "Sixty-one"],
    *[" ", " ", " ", " ", "\n", "\u00a0", ".", ",", "?", "…", "“", "”", "(", ")", "—", "–", "-", "'"],
)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("So, at 412, I was Thinking...", "so at four one two i was thinking"),
        ("4", "four"),
        ("10 or 15, 22, 30, 99", "ten or fifteen twenty two thirty ninety nine"),
        ("100 and 07", "one zero zero and zero seven"),
        ("Twenty-five, thirty-ish, mid-fifty-two", "twenty five thirty-ish mid-fifty-two"),
        ("Zero, 0, oh", "zero zero oh"),
        ("07700 900461.", "zero seven seven zero zero nine zero zero four six one"),
        ("I’m at 5.30 — the 3rd, ‘O'Neil’", "i'm at 5.30 the 3rd ‘o'neil'"),
        ("1—2 ٣ ½", "one two ٣ ½"),
        ("ΟΔΟΣ ΣΑΣ.", "οδοσ σασ"),
        ("?! ", "?! "),
        ("", ""),
    ],
)
def test_spoken_words(text: str, spoken: str):
    assert spoken_words(text) == spoken
    assert spoken_words(spoken) == spoken


def authored_texts() -> list[str]:
    return [utterance.text for each in read_corpus() for utterance in each.utterances()]


def conversations() -> list[list[Message]]:
    chance = random.Random(0)
    mixed = ["".join(chance.choices(PIECES, k=chance.randint(1, 12))) for _ in range(20_000)]
    mixed = [text for text in mixed if bare_words(text)]  # what is nothing but punctuation stays
    written = [[user(text)] for text in (*mixed, *authored_texts())]
    return [*PROMPTS.values(), WRITINGS["digits alone and in words"], *written]


@pytest.mark.parametrize("name", HOW_IT_IS_WRITTEN)
def test_how_it_is_written_changes_nothing(name: str):
    changed = 0
    for messages in conversations():
        altered = ALTERATIONS[name](messages)
        changed += altered != messages
        for before, after in zip(messages, altered, strict=True):
            if before["role"] == "user":
                assert spoken_words(after["content"]) == spoken_words(before["content"])
    assert changed > 1000


def test_the_agents_words_stay(tokenizer: PromptTokenizer):
    spoken = PromptTokenizer(tokenizer.tokenizer, SPOKEN_WORDS)
    messages = [assistant("Flat 4, Mill Road?"), user("Flat 4.")]
    assert spoken.prompt(messages) == tokenizer.prompt([messages[0], user("flat four")])


def test_numbers_from_ten_to_ninety_nine_as_digits_change_nothing():
    changed = 0
    for text in authored_texts():
        written = numerals(text)
        changed += written != text
        assert spoken_words(written) == spoken_words(text)
    assert changed > 1000
