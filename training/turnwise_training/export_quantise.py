"""Symmetric 8-bit weights: whole numbers and a scale for each row or column."""

import numpy as np

WEIGHT_LEVELS = 63
"""Weights use seven of their eight bits. Processors with AVX2 but without VNNI add two products of an
unsigned and a signed byte in 16 bits: 255 * 127 * 2 is cut off there, 255 * 63 * 2 = 32,130 fits."""

ROW_LEVELS = 127
"""Activations are unsigned bytes around 128."""

LOOKED_UP_LEVELS = 127
"""For tables that are never multiplied as bytes."""


def quantise_rows(table: np.ndarray, levels: int = WEIGHT_LEVELS) -> tuple[np.ndarray, np.ndarray]:
    """[rows, columns] fp32 to int8 of the same shape, and each row's scale: [rows, 1] fp32."""
    largest = np.abs(table).max(axis=1, keepdims=True)
    scales = np.where(largest == 0, 1, largest / levels).astype(np.float32)
    return np.rint(table / scales).astype(np.int8), scales


def quantise_columns(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[rows, columns] fp32 to int8 of the same shape, and each column's scale: [1, columns] fp32."""
    values, scales = quantise_rows(matrix.T)
    return values.T, scales.T
