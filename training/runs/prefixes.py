"""What `prefixes.sh` compares by: a model on 400 held-out conversations, the hard cases and the dev cases; of
the first also a silent agent's two actions alone, which is what prefixes teach."""

import argparse
import random
from pathlib import Path

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from turnwise_training.action_model import ActionModel
from turnwise_training.actions import SILENT_ACTIONS, START_SPEAKING
from turnwise_training.corpus import read_corpus
from turnwise_training.evaluate import held_out_logits, report_choice
from turnwise_training.metrics import sigmoid
from turnwise_training.mixture import is_held_out
from turnwise_training.model import load_model

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("model")
parser.add_argument("--data-dir", type=Path, required=True)
asked = parser.parse_args()

weights, tokenizer = load_model(asked.model)
network = ActionModel(weights, tokenizer, frozen_layers=0).eval()
held_out = [conversation for conversation in read_corpus() if is_held_out(conversation)]
random.Random(0).shuffle(held_out)
print(asked.model, report_choice(network, tokenizer, held_out[:400], asked.data_dir))
logits, actions = held_out_logits(network, tokenizer, held_out[:400])
silent = [place for place, action in enumerate(actions) if action in SILENT_ACTIONS]
over = np.array([actions[place] == START_SPEAKING for place in silent])
odds = logits[silent, 0] - logits[silent, 1]
print(
    f"{len(over)} points of a silent agent: right {((odds > 0) == over).mean():.1%}, "
    f"area under the curve {roc_auc_score(over, odds):.3f}, "
    f"mean negative log-likelihood {log_loss(over, sigmoid(odds)):.3f}, "
    f"whole turns found {(odds > 0)[over].mean():.1%}, unfinished ones {(odds <= 0)[~over].mean():.1%}"
)
