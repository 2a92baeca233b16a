"""PostgreSQL's settings fit the machine, and never say what people wrote."""

from __future__ import annotations

import pytest

from serai.db.tuning import MEGABYTE, settings

GIGABYTE = 1024 * MEGABYTE


@pytest.mark.parametrize(
    ("memory", "shared"), [(512 * MEGABYTE, "102MB"), (8 * GIGABYTE, "1638MB"), (512 * GIGABYTE, "8192MB")]
)
def test_shared_memory_is_a_fifth_within_bounds(memory: int, shared: str) -> None:
    assert settings(bytes_of_memory=memory, cores=2, durable=True)["shared_buffers"] == shared


def test_a_real_server_keeps_what_it_acknowledged() -> None:
    values = settings(bytes_of_memory=GIGABYTE, cores=1, durable=True)
    assert (values["fsync"], values["synchronous_commit"], values["full_page_writes"]) == ("on", "on", "on")


@pytest.mark.parametrize("durable", [True, False])
def test_nothing_people_wrote_reaches_the_log(durable: bool) -> None:
    values = settings(bytes_of_memory=GIGABYTE, cores=1, durable=durable)
    assert values["log_min_error_statement"] == "panic"
    assert values["log_error_verbosity"] == "terse"
    assert values["log_parameter_max_length_on_error"] == "0"
    assert values["listen_addresses"] == ""
