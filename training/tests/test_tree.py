"""The prompt tree gives the logits of the plain prompts that it stands for."""

import random
from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

from turnwise_training.action_model import ActionModel
from turnwise_training.actions import ACTIONS
from turnwise_training.corpus import parse_corpus
from turnwise_training.examples import NONE, Augmentation, TreeMaker, single_points
from turnwise_training.export_steps import measure_steps
from turnwise_training.fake_int8 import round_activations
from turnwise_training.prompt import COUNTED_WORDS, TEMPLATES, Message, PromptTokenizer
from turnwise_training.tree import PromptTree, TreeBatch, collate

TEXT = """
= a café, two people
agent: Good morning, {~ morning} this is the café on {! is it open today} Mill Road. How can I help?
user: Hi, | I'd like 2 | um, | 12 croissants, / please.
   or: Two coffees. / And
   or: Table oh one 2 | four
agent: Two coffees it is, and they'll be ready at --
user: no wait, | make it three
"""


@pytest.fixture(scope="module")
def model(tokenizer: PromptTokenizer) -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer.tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, head_dim=8,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def whole_mask(batch: TreeBatch) -> torch.Tensor:
    """One additive mask for attention that knows nothing of trees: [1, 1, tokens, tokens]."""
    seen = torch.block_diag(*[mask == 0 for mask in batch.masks]).bool()
    return torch.zeros(seen.shape).masked_fill_(~seen, torch.finfo(torch.float32).min)[None, None]


def path_to(tree: PromptTree, index: int) -> list[int]:
    """The prompt that ends in this token."""
    path = []
    while index >= 0:
        path.append(tree.tokens[index])
        index = tree.parents[index]
    return path[::-1]


@pytest.mark.parametrize("template", TEMPLATES)
def test_tree_equals_plain_prompts(tokenizer: PromptTokenizer, model: LlamaForCausalLM, template: str):
    tokenizer = PromptTokenizer(tokenizer.tokenizer, template)
    conversations = parse_corpus(TEXT, "test.txt")
    tree = TreeMaker(tokenizer, NONE).tree(conversations[0], random.Random(0))
    other = TreeMaker(tokenizer, NONE).tree(conversations[0], random.Random(1))
    batch = collate([other, tree])
    with torch.no_grad():
        packed = model(
            batch.input_ids, attention_mask=whole_mask(batch), position_ids=batch.position_ids
        ).logits[0, batch.index]  # [points, vocabulary]
    packed = packed[len(other.points) :]
    plain = single_points(conversations)
    assert len(plain) == len(tree.points) == 13
    prompts = {tuple(tokenizer.prompt(messages)): action for messages, action, _ in plain}
    matched = 0
    for point, logits in zip(tree.points, packed, strict=True):
        ids = tuple(path_to(tree, point.index))
        assert prompts[ids] == ACTIONS[point.action]
        with torch.no_grad():
            expected = model(torch.tensor([ids])).logits[0, -1]
        assert torch.allclose(logits, expected, atol=1e-5)
        matched += 1
    assert matched == 13


def test_attention_tree_by_tree_equals_one_mask_for_all(tokenizer: PromptTokenizer, model: LlamaForCausalLM):
    maker = TreeMaker(tokenizer, NONE)
    conversation = parse_corpus(TEXT, "test.txt")[0]
    batch = collate([maker.tree(conversation, random.Random(seed)) for seed in range(3)])
    network = ActionModel(model, tokenizer)
    with torch.no_grad():
        by_tree = network(batch)
        model.set_attn_implementation("sdpa")
        whole = model(
            batch.input_ids, attention_mask=whole_mask(batch), position_ids=batch.position_ids
        ).logits
    torch.testing.assert_close(by_tree, whole[0, batch.index][:, tokenizer.actions], atol=1e-5, rtol=1e-4)


def messages_of(tokenizer: PromptTokenizer, prompt: list[int]) -> list[Message]:
    """What a prompt says, as it is written there."""
    messages = "".join(tokenizer.tokenizer.decode(prompt)).split("<|im_start|>")[1:]
    parted = [message.split("<|im_end|>")[0].partition("\n") for message in messages]
    return [{"role": role, "content": text} for role, _, text in parted]


def test_training_fused_in_bf16_equals_the_plain_model(tokenizer: PromptTokenizer, model: LlamaForCausalLM):
    """Loss and gradients, with the rounding of the int8 graph, against transformers' own layers in fp32."""
    model = deepcopy(model)
    round_activations(model, measure_steps(model, [list(range(1, 20))]))
    conversation = parse_corpus(TEXT, "test.txt")[0]
    batch = collate([TreeMaker(tokenizer, NONE).tree(conversation, random.Random(seed)) for seed in range(3)])

    def train(logits: torch.Tensor, layers: nn.Module) -> tuple[float, torch.Tensor]:
        loss = functional.cross_entropy(logits, batch.action)
        gradients = torch.autograd.grad(loss, [p for p in layers.parameters() if p.requires_grad])
        return loss.item(), torch.cat([gradient.flatten() for gradient in gradients])

    model.set_attn_implementation("sdpa")
    plain = model(batch.input_ids, attention_mask=whole_mask(batch), position_ids=batch.position_ids).logits
    expected, gradients = train(plain[0, batch.index][:, tokenizer.actions], model.model.layers)
    for bf16, tolerance in ((False, 1e-4), (True, 0.05)):
        network = ActionModel(model, tokenizer, 0, bf16).train()
        loss, found = train(network(batch), model.model.layers)
        assert abs(loss - expected) < tolerance * expected
        assert (found - gradients).norm() < tolerance * gradients.norm()


def test_dropout_is_for_the_trained_layers_while_they_are_trained(
    tokenizer: PromptTokenizer, model: LlamaForCausalLM
):
    [conversation] = parse_corpus(TEXT, "test.txt")
    batch = collate([TreeMaker(tokenizer, NONE).tree(conversation, random.Random(0))])
    layers = model.config.num_hidden_layers
    with torch.no_grad():
        plain = ActionModel(model, tokenizer)(batch)
        network = ActionModel(model, tokenizer, dropout=0.5)
        assert not torch.allclose(network.train()(batch), plain)
        assert torch.equal(network.eval()(batch), plain)
        assert torch.equal(ActionModel(model, tokenizer, layers, dropout=0.5).train()(batch), plain)


def test_augmented_trees_hold_prompts_that_are_asked(tokenizer: PromptTokenizer):
    """Each in the form that the template gives to any way of writing the same words."""
    tokenizer = PromptTokenizer(tokenizer.tokenizer, COUNTED_WORDS)
    augmentation = Augmentation(user_as_written=0)
    seen = set()
    for seed in range(100):
        [conversation] = parse_corpus(TEXT, "test.txt")
        tree = TreeMaker(tokenizer, augmentation).tree(conversation, random.Random(seed))
        for point in tree.points:
            prompt = path_to(tree, point.index)
            messages = messages_of(tokenizer, prompt)
            said = [{**message, "content": without_count(message["content"])} for message in messages]
            assert prompt == tokenizer.prompt(said)
            seen.add(messages[-1]["content"])
    assert {"hi i'd like two um", "hi i'd like two um twelve croissants please"} < seen
    assert any(text.endswith(" : three") for text in seen)


def without_count(written: str) -> str:
    """Words have no colon before a space in this text."""
    return written.partition(" : ")[0]
