"""PostgreSQL's settings, fitted to the machine's memory and cores."""

from __future__ import annotations

import os
from pathlib import Path

MEGABYTE = 1024 * 1024

# What people write must not reach the log: no statements, no parameters, no row contents in error details.
QUIET = {
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_compression": "on",
    "logging_collector": "on",
    "log_filename": "postgres-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_file_mode": "0600",
}
FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


def memory() -> int:
    """Bytes of memory this process may count on: the machine's, or its container's share."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text("ascii"))
    except (OSError, ValueError):
        return machine
    return min(machine, limit)


def settings(*, bytes_of_memory: int, cores: int, durable: bool) -> dict[str, str]:
    """Settings by name for a machine shared with the web processes. `durable=False` is for tests only."""
    megabytes = bytes_of_memory // MEGABYTE
    shared = max(64, min(megabytes // 5, 8192)) if durable else 64
    return {
        "listen_addresses": "",
        "password_encryption": "scram-sha-256",
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "80",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(128, megabytes // 2)}MB",
        "work_mem": f"{max(4, min(megabytes // 400, 64))}MB",
        "maintenance_work_mem": f"{max(32, min(megabytes // 16, 1024))}MB",
        "max_parallel_workers_per_gather": str(max(0, min(cores // 2, 4))),
        "random_page_cost": "1.1",
        "jit": "off",
        "max_wal_size": "1GB",
        "restart_after_crash": "on",
        **QUIET,
        **(DURABLE if durable else FLEETING),
    }
