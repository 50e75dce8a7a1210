"""What a cut-off agent teaches where its words do not show that it is cut off."""

import random
from dataclasses import replace

import torch

from turnwise_training.actions import (
    ACTIONS,
    CONTINUE_LISTENING,
    CONTINUE_SPEAKING,
    SPEAKING_ACTIONS,
    START_LISTENING,
    START_SPEAKING,
)
from turnwise_training.corpus import parse_corpus
from turnwise_training.examples import NONE, Augmentation, TreeMaker, cut_is_visible
from turnwise_training.loss import loss_of
from turnwise_training.prompt import ASKED_COUNTS, PromptTokenizer
from turnwise_training.styles import AS_WRITTEN, Style
from turnwise_training.tree import PromptTree, TreeBatch, collate

BARE = Style(lower=True, punctuation=False)
TEXT = """
= a bank, a balance
agent: Your balance is forty {~ okay} pounds, and the {! no, the other account} next payment is due on --
user: which payment
"""


def points_of(tokenizer: PromptTokenizer, augmentation: Augmentation) -> PromptTree:
    return TreeMaker(tokenizer, augmentation).tree(parse_corpus(TEXT, "test.txt")[0], random.Random(0))


def test_a_cut_shows_in_punctuation_or_in_an_open_word():
    assert cut_is_visible(["Your", "balance", "is", "forty"], AS_WRITTEN)
    assert not cut_is_visible(["Your", "balance", "is", "forty"], BARE)
    assert cut_is_visible(["Your", "balance", "is", "forty", "pounds,", "and", "the"], BARE)


def test_only_the_pair_is_taught_where_the_cut_does_not_show(tokenizer: PromptTokenizer):
    tree = points_of(tokenizer, Augmentation(agent_as_written=0.0, history=0.0, trailers=0.0, open_words=0.0))
    found = [(ACTIONS[point.action], point.pair_only) for point in tree.points]
    # "… is forty" | "… and the" | "… is due on": TEXT's last word is no open word.
    assert found == [(CONTINUE_SPEAKING, True), (START_LISTENING, False), (START_LISTENING, True)]
    assert not any(point.pair_only for point in points_of(tokenizer, NONE).points)


def test_no_answer_stands_without_its_question(tokenizer: PromptTokenizer):
    lines = ("agent: Which day?", "user: Tuesday.", "agent: And what time?", "user: Two.")
    [conversation] = parse_corpus("\n".join(("= a dentist, a time", *lines)), "test.txt")
    maker = TreeMaker(tokenizer, replace(NONE, history=1))
    beginnings = set()
    for seed in range(200):
        tree = maker.tree(conversation, random.Random(seed))
        beginnings.add(str(tokenizer.tokenizer.decode(tree.tokens[1:5])))
    assert beginnings == {"assistant\nWhich", "assistant\nAnd"}


def test_a_trailer_surely_announces_more(tokenizer: PromptTokenizer):
    [conversation] = parse_corpus("= a shop\n\nuser: do you open on sundays\n", "test.txt")
    maker = TreeMaker(tokenizer, replace(NONE, trailers=1))
    trailed = set()
    for seed in range(200):
        tree = maker.tree(conversation, random.Random(seed))
        actions = [ACTIONS[point.action] for point in tree.points]
        assert actions == [START_SPEAKING, CONTINUE_LISTENING]
        *_, last = (token for token in tree.tokens if token not in tokenizer.tail)
        trailed.add(str(tokenizer.tokenizer.decode([last])).strip())
    assert {"um", "but"} <= trailed
    assert "or" not in trailed  # after a whole question it may be its end: corpus/README.md


def test_such_a_point_says_nothing_of_the_silent_actions():
    speaking = [ACTIONS.index(action) for action in SPEAKING_ACTIONS]
    batch = TreeBatch(
        *(torch.zeros(1) for _ in range(2)),
        masks=[],
        index=torch.zeros(1),
        action=torch.tensor([speaking[0]]),
        silent_action=torch.tensor([-100]),
        pair_only=torch.tensor([True]),
        among_people=torch.tensor([False]),
    )
    outputs = torch.tensor([[5.0, -3.0, 1.0, 0.0, 2.0]], requires_grad=True)
    loss_of(outputs, batch, torch.ones(4), 0.5).backward()
    assert outputs.grad is not None
    assert outputs.grad[0, :2].tolist() == [0.0, 0.0]
    assert outputs.grad[0, 2] < 0 < outputs.grad[0, 3]


def test_points_keep_their_place_when_trees_are_packed(tokenizer: PromptTokenizer):
    tree = points_of(tokenizer, NONE)
    batch = collate([tree, tree])
    assert batch.index.tolist() == [
        *(point.index for point in tree.points),
        *(point.index + len(tree.tokens) for point in tree.points),
    ]


def test_a_point_says_how_much_of_what_was_asked_for_it_holds(tokenizer: PromptTokenizer):
    asking = PromptTokenizer(tokenizer.tokenizer, ASKED_COUNTS)
    conversation = parse_corpus("= a\nagent: And the last four digits?\nuser: 4 1 | 7 | 2\n", "a")[0]
    tree = TreeMaker(asking, NONE).tree(conversation, random.Random(0))
    question = {"role": "assistant", "content": "And the last four digits?"}
    for point, said in zip(tree.points, ("4 1", "4 1 7", "4 1 7 2"), strict=True):
        chain, place = [], point.index
        while place >= 0:
            chain.append(tree.tokens[place])
            place = tree.parents[place]
        assert chain[::-1] == asking.prompt([question, {"role": "user", "content": said}])
