"""Equal Earth, the projection of the world drawing, on a grid of 480 cells from west to east.

Source: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", IJGIS 33(3), 2019.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

GRID = 480
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_HALF = 2 * np.sqrt(3) * np.pi / (3 * _A1)
CELL = 2 * _HALF / GRID

Numbers = NDArray[np.float64]


def equal_earth(latitude: ArrayLike, longitude: ArrayLike) -> tuple[Numbers, Numbers]:
    """Cells from the western edge and from the equator southward (so y grows downward), from degrees."""
    phi = np.radians(np.asarray(latitude, dtype=float))
    lam = np.radians(np.asarray(longitude, dtype=float))
    theta = np.arcsin(np.sqrt(3) / 2 * np.sin(phi))
    slope = 9 * _A4 * theta**8 + 7 * _A3 * theta**6 + 3 * _A2 * theta**2 + _A1
    x = 2 * np.sqrt(3) * lam * np.cos(theta) / (3 * slope)
    y = theta * (_A1 + _A2 * theta**2 + theta**6 * (_A3 + _A4 * theta**2))
    return (x + _HALF) / CELL, -y / CELL
