"""Work in countable steps that a caller can watch and stop: the same effort gives the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from serai.core.network.errors import BadEffort

Stop = Callable[[], bool]
Progress = Callable[[float], None]


def batches(total: int, size: int, *, stop: Stop | None, progress: Progress | None) -> Iterator[int]:
    """Yields the sizes of batches until `total` steps are done or `stop()` says so.

    `stop` is asked before each batch, `progress` is told the share done (0 to 1) after it. Raises BadEffort when
    `total` is below one. What a batch draws must not depend on where a run is stopped.
    """
    if total < 1:
        raise BadEffort(f"At least one shuffle or draw is needed, not {total}.")
    done = 0
    while done < total:
        if stop is not None and stop():
            return
        step = min(size, total - done)
        yield step
        done += step
        if progress is not None:
            progress(done / total)
