"""Decoders of random weights in the shapes of real models: enough to measure speed, memory and size."""

from dataclasses import dataclass

import numpy as np

from .export_decoder import Decoder, Layer, Linear


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    hidden: int
    mlp: int
    layers: int
    heads: int
    key_value_heads: int
    head_size: int
    rotary_base: float
    biases: bool


SMOLLM2_135M = Shape(49_157, 576, 1536, 30, 9, 3, 64, 100_000.0, biases=False)
QWEN2_5_500M = Shape(151_670, 896, 4864, 24, 14, 2, 64, 1_000_000.0, biases=True)
SPREAD = 0.02


def random_decoder(shape: Shape, seed: int = 0) -> Decoder:
    generator = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return SPREAD * generator.standard_normal((rows, columns), np.float32)

    def layer() -> Layer:
        attention = shape.heads * shape.head_size
        packed = attention + 2 * shape.key_value_heads * shape.head_size
        return Layer(
            attention_norm=np.ones(shape.hidden, np.float32),
            query_key_value=Linear(
                matrix(shape.hidden, packed), matrix(1, packed)[0] if shape.biases else None
            ),
            attention_out=Linear(matrix(attention, shape.hidden)),
            mlp_norm=np.ones(shape.hidden, np.float32),
            gate_up=Linear(matrix(shape.hidden, 2 * shape.mlp)),
            down=Linear(matrix(shape.mlp, shape.hidden)),
        )

    exponents = np.arange(0, shape.head_size, 2, dtype=np.float32) / shape.head_size
    return Decoder(
        hidden=shape.hidden,
        heads=shape.heads,
        key_value_heads=shape.key_value_heads,
        head_size=shape.head_size,
        mlp=shape.mlp,
        epsilon=1e-5,
        inverse_frequencies=(shape.rotary_base**-exponents).astype(np.float32),
        embeddings=matrix(shape.vocabulary, shape.hidden),
        embedding_factors=np.ones(shape.hidden, np.float32),
        layers=tuple(layer() for _ in range(shape.layers)),
        final_norm=np.ones(shape.hidden, np.float32),
    )
