"""The two kinds of model folder: the published form, and the fused form with its turnwise.json."""

from copy import deepcopy
from pathlib import Path

from .actions import ACTIONS
from .calibration_messages import CALIBRATION
from .export_decoder import Decoder, Model, read_decoder
from .export_files import describe_file, save_onnx
from .export_fused import EMBEDDINGS, build_fused
from .export_published import build_published
from .export_smooth import smooth_head, smooth_in_place
from .export_steps import measure_steps, with_steps
from .export_webgpu import write_webgpu
from .manifest import FORMAT_VERSION, MANIFEST, write_json
from .prompt import MAX_TOKENS, PromptTokenizer

ONE_FILE_BYTES = 2_000_000_000
"""What protobuf can hold. The published form's ONNX file is never split."""
EMBEDDINGS_FILE = "embeddings.bin"
"""The int8 table. Training leaves it as it is: git and caches keep one copy for all releases."""
CALIBRATION_TOKENS = 200
"""Of each prompt: enough to see which activations are large."""
UNUSED_SETTINGS = (
    "_name_or_path",
    "chunk_size_feed_forward",
    "id2label",
    "is_encoder_decoder",
    "label2id",
    "output_attentions",
    "output_hidden_states",
    "problem_type",
    "quantization_config",
    "return_dict",
)
"""What transformers writes into every config.json, and a language model has no use for."""


def prepare_decoder(model: Model, tokenizer: PromptTokenizer, rounded: bool = False) -> Decoder:
    """The model's weights, ready to be quantised.

    `rounded`: they were smoothed and rounded while training (`fake_int8.py`) and stay as they are.
    """
    prompts = calibration_prompts(tokenizer)
    if not rounded:
        model = deepcopy(model)
        smooth_in_place(model, prompts)
    decoder = with_steps(read_decoder(model), measure_steps(model, prompts))
    return smooth_head(decoder, model, prompts)


def calibration_prompts(tokenizer: PromptTokenizer) -> list[list[int]]:
    return [tokenizer.prompt(messages)[:CALIBRATION_TOKENS] for messages in CALIBRATION]


def write_published(model: Model, decoder: Decoder, tokenizer: PromptTokenizer, folder: Path) -> Path:
    """config.json, tokenizer.json, tokenizer_config.json, model.safetensors (fp32), onnx/model_q8.onnx."""
    folder.mkdir(parents=True, exist_ok=True)
    model.float().save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    write_config(model, folder)
    write_tokenizer(tokenizer, folder)
    path = folder / "onnx" / "model_q8.onnx"
    save_onnx(build_published(decoder), path, ONE_FILE_BYTES)
    return path


def write_fused(
    model: Model,
    decoder: Decoder,
    tokenizer: PromptTokenizer,
    folder: Path,
    about: dict[str, object],
    int8: bool = True,
) -> Path:
    """model.onnx (and its data files), config.json, tokenizer.json and turnwise.json with their checksums.

    int8 models have embeddings.bin, and get model.webgpu.onnx as well; those in fp32 are for tests alone.
    `about` gives name, version, license, baseModel, calibration and training.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    graph = build_fused(decoder, tokenizer.rows, MAX_TOKENS, int8)
    graph_paths = save_onnx(graph, path, apart={EMBEDDINGS: EMBEDDINGS_FILE} if int8 else None)
    write_config(model, folder)
    tokenizer.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    others = [folder / "tokenizer.json", folder / "config.json"]
    manifest = make_manifest(decoder, tokenizer, about, graph_paths, others)
    write_json(folder / MANIFEST, manifest)
    if int8:
        write_webgpu(folder)
    return path


def make_manifest(
    decoder: Decoder,
    tokenizer: PromptTokenizer,
    about: dict[str, object],
    graph_paths: list[Path],
    others: list[Path],
) -> dict[str, object]:
    """`graph_paths`: of the graph, and then of the files that hold weights of it."""
    graph, *data = [path.name for path in graph_paths]
    return {
        "formatVersion": FORMAT_VERSION,
        **{key: about[key] for key in ("name", "version", "license", "baseModel")},
        "template": tokenizer.template,
        "tokens": {
            "messageStart": tokenizer.message_start,
            "messageEnd": tokenizer.message_end,
            "trigger": tokenizer.trigger,
            "actions": dict(zip(ACTIONS, tokenizer.actions, strict=True)),
            "yielded": tokenizer.yielded,
        },
        "maxTokens": MAX_TOKENS,
        "onnx": {
            "file": graph,
            **({"dataFiles": data} if data else {}),
            "form": "fused",
            "layers": len(decoder.layers),
            "keyValueHeads": decoder.key_value_heads,
            "headSize": decoder.head_size,
            "logits": "actions",
        },
        "files": {path.name: describe_file(path) for path in [*graph_paths, *others]},
        **{key: about[key] for key in ("calibration", "training")},
    }


def write_config(model: Model, folder: Path) -> None:
    """config.json, with the names of transformers 4 beside those of 5: it would silently rotate by 10,000."""
    config = model.config.to_dict()
    config["rope_theta"] = config["rope_parameters"]["rope_theta"]
    config["torch_dtype"] = config["dtype"] = "float32"
    config["architectures"] = [type(model).__name__]
    for key in UNUSED_SETTINGS:
        config.pop(key, None)
    write_json(folder / "config.json", config)


def write_tokenizer(tokenizer: PromptTokenizer, folder: Path) -> None:
    """tokenizer.json and a tokenizer_config.json that every transformers since 4 reads."""
    inner = tokenizer.tokenizer
    inner.backend_tokenizer.save(str(folder / "tokenizer.json"))
    tokens = {name: str(token) for name, token in inner.special_tokens_map.items() if isinstance(token, str)}
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_max_length": MAX_TOKENS,
        **tokens,
    }
    write_json(folder / "tokenizer_config.json", settings)
