"""Symmetric 8-bit weights: whole numbers and a scale for each row or column."""

import numpy as np

WEIGHT_LEVELS = 63
"""Weights use seven of their eight bits. Processors with AVX2 but without VNNI add two products of an unsigned
and a signed byte in 16 bits, where 255 * 127 * 2 overflows and is cut off; 255 * 63 * 2 = 32,130 fits."""


def quantise_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[rows, columns] fp32 to int8 of the same shape, and each row's scale: [rows, 1] fp32."""
    largest = np.abs(table).max(axis=1, keepdims=True)
    scales = np.where(largest == 0, 1, largest / WEIGHT_LEVELS).astype(np.float32)
    return np.rint(table / scales).astype(np.int8), scales


def quantise_columns(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[rows, columns] fp32 to int8 of the same shape, and each column's scale: [1, columns] fp32."""
    values, scales = quantise_rows(matrix.T)
    return values.T, scales.T
