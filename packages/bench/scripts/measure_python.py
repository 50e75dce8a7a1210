"""Times graphs with onnxruntime in Python, and a folder of the published form with PyTorch, on a processor
or a graphics card, where there is one. `turnwise bench latency --python` runs it with a job as JSON:

    {"graphs": [{"name", "path"}], "torch": {"name", "path"} or null, "threads", "rounds", "tokens": [8, …]}

Prints [{"runtime", "device", "name", "tokens", "samplesMs"}]. Needs numpy and onnxruntime; torch and
transformers for the folder.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime

WARM_UP_ROUNDS = 3


def some_tokens(count: int) -> np.ndarray:
    """[1, count]; speed does not depend on them."""
    return np.array([[10 + (index * 37) % 100 for index in range(count)]], dtype=np.int64)


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    samples = []
    for turn in range(-WARM_UP_ROUNDS, rounds):
        start = time.perf_counter()
        work()
        if turn >= 0:
            samples.append(round(1000 * (time.perf_counter() - start), 2))
    return samples


def graph_work(session: onnxruntime.InferenceSession, count: int) -> Callable[[], object]:
    """A fresh call with an empty cache, logits alone."""
    ids = some_tokens(count)
    feeds = {}
    for wanted in session.get_inputs():
        if wanted.name == "input_ids":
            feeds[wanted.name] = ids
        elif wanted.name == "position_ids":
            feeds[wanted.name] = np.arange(count, dtype=np.int64)[None]
        elif wanted.name == "attention_mask":
            feeds[wanted.name] = np.ones_like(ids)
        else:
            _, heads, _, size = wanted.shape
            feeds[wanted.name] = np.zeros((1, heads, 0, size), dtype=np.float32)
    return lambda: session.run(["logits"], feeds)


def time_graphs(job: dict) -> list[dict]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    devices = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
    found = []
    for device, provider in devices.items():
        if provider not in onnxruntime.get_available_providers():
            continue
        for graph in job["graphs"]:
            session = onnxruntime.InferenceSession(graph["path"], options, providers=[provider])
            for count in job["tokens"]:
                samples = timed(graph_work(session, count), job["rounds"])
                found.append(
                    result(f"onnxruntime {onnxruntime.__version__}", device, graph["name"], count, samples)
                )
    return found


def last_logits(network: Any, ids: Any) -> None:
    """Copied to the processor: a graphics card answers before it is done."""
    import torch

    with torch.no_grad():
        network(ids, use_cache=False).logits[0, -1].cpu()


def time_torch(job: dict) -> list[dict]:
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(job["threads"])
    found = []
    for device in ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",):
        network = (
            AutoModelForCausalLM.from_pretrained(job["torch"]["path"], dtype=torch.float32).to(device).eval()
        )
        for count in job["tokens"]:
            ids = torch.tensor(some_tokens(count), device=device)

            samples = timed(lambda ids=ids, network=network: last_logits(network, ids), job["rounds"])
            found.append(
                result(f"PyTorch {torch.__version__}, fp32", device, job["torch"]["name"], count, samples)
            )
    return found


def result(runtime: str, device: str, name: str, tokens: int, samples: list[float]) -> dict:
    return {"runtime": runtime, "device": device, "name": name, "tokens": tokens, "samplesMs": samples}


def main() -> None:
    job = json.loads(sys.argv[1])
    found = time_graphs(job)
    if job["torch"] is not None:
        found += time_torch(job)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
