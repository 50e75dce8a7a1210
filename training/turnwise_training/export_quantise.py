"""Symmetric 8-bit weights."""

import numpy as np

LEVELS = 127


def quantise_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[rows, columns] fp32 to int8, and a scale for each row: [rows]."""
    scales = np.abs(table).max(axis=1) / LEVELS
    scales = np.where(scales == 0, 1, scales).astype(np.float32)
    return np.rint(table / scales[:, None]).astype(np.int8), scales


def quantise_columns(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[rows, columns] fp32 to int8, and a scale for each column (output channel): [columns]."""
    values, scales = quantise_rows(matrix.T)
    return values.T, scales
