"""Two models become their mean."""

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from turnwise_training.average import average


def model(seed: int, layers: int = 1) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=11,
            hidden_size=8,
            intermediate_size=16,
            num_hidden_layers=layers,
            num_attention_heads=2,
            num_key_value_heads=1,
        )
    )


def test_every_weight_is_the_mean():
    one, other = model(1), model(2)
    before = one.state_dict()
    wanted = {name: 0.25 * before[name] + 0.75 * weight for name, weight in other.state_dict().items()}
    found = average([one, other], [0.25, 0.75]).state_dict()
    assert found.keys() == wanted.keys()
    for name, weight in wanted.items():
        torch.testing.assert_close(found[name], weight)


def test_models_of_other_depths_have_none():
    with pytest.raises(AssertionError, match="layers"):
        average([model(1), model(2, layers=2)], [0.5, 0.5])


@pytest.mark.parametrize("shares", [[0.5, 0.6], [1]])
def test_shares_are_of_one(shares: list[float]):
    with pytest.raises(AssertionError, match="shares"):
        average([model(1), model(2)], shares)
