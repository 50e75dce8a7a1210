# /// script
# requires-python = ">=3.10"
# dependencies = ["kserve>=0.15", "tritonclient[http]>=2.50"]
# ///
"""Asks a running server with the clients of Triton and KServe; all must agree with /v1/predict.

uv run packages/server/scripts/check_open_inference.py http://127.0.0.1:8080
"""

import asyncio
import json
import sys
import urllib.request

import numpy as np
import tritonclient.http as triton
from kserve import InferInput, InferRequest
from kserve.inference_client import InferenceRESTClient, RESTConfig

ACTIONS = ["start_speaking", "continue_listening", "start_listening", "continue_speaking"]
CONVERSATIONS = [
    [{"role": "user", "content": "hello there"}],
    [{"role": "assistant", "content": "Señor?"}, {"role": "user", "content": "I would like to"}],
]
ELEMENTS = np.array([json.dumps(messages).encode() for messages in CONVERSATIONS], dtype=object)
TOLERANCE = 1e-5


def fetch(url: str, body: object | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def check(name: str, values: np.ndarray, expected: np.ndarray) -> None:
    assert values.shape == expected.shape, (name, values.shape)
    assert np.abs(values - expected).max() < TOLERANCE, (name, values, expected)
    print(f"{name}: as /v1/predict")


def check_triton(url: str, model: str, expected: np.ndarray) -> None:
    client = triton.InferenceServerClient(url.removeprefix("http://"))
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(model)
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    assert client.get_model_metadata(model)["outputs"][0]["shape"] == [-1, 4]
    for binary in [True, False]:
        tensor = triton.InferInput("conversation", [len(ELEMENTS)], "BYTES")
        tensor.set_data_from_numpy(ELEMENTS, binary_data=binary)
        output = triton.InferRequestedOutput("probabilities", binary_data=binary)
        result = client.infer(model, [tensor], outputs=[output])
        check(f"tritonclient, binary {binary}", result.as_numpy("probabilities"), expected)


async def check_kserve(url: str, model: str, expected: np.ndarray) -> None:
    client = InferenceRESTClient(RESTConfig(protocol="v2"))
    assert await client.is_server_live(url) and await client.is_server_ready(url)
    assert await client.is_model_ready(url, model)
    for binary in [True, False]:
        tensor = InferInput("conversation", [len(ELEMENTS)], "BYTES")
        tensor.set_data_from_numpy(ELEMENTS, binary_data=binary)
        request = InferRequest(
            model_name=model, infer_inputs=[tensor], parameters={"binary_data_output": binary}
        )
        result = await client.infer(url, request, model_name=model)
        check(f"kserve, binary {binary}", result.outputs[0].as_numpy(), expected)


def main() -> None:
    url = sys.argv[1].rstrip("/")
    model = fetch(f"{url}/health/ready")["model"]["name"]
    batch = {"conversations": [{"messages": messages} for messages in CONVERSATIONS]}
    decisions = fetch(f"{url}/v1/predict", batch)["decisions"]
    expected = np.array([[d["probabilities"][action] for action in ACTIONS] for d in decisions])
    check_triton(url, model, expected)
    asyncio.run(check_kserve(url, model, expected))


if __name__ == "__main__":
    main()
