"""Database addresses: one server, one database, and the role that asks, put together and taken apart."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from serai.state import State

OWNER = "serai_owner"
DEFINER = "serai_definer"
WEB = "serai_web"
WORKER = "serai_worker"
KEEPER = "serai_keeper"
BACKUP = "serai_backup"
DATABASE = "serai"


def parts(url: str) -> dict[str, str]:
    """The parts of a postgresql:// address by libpq's names. ValueError when it is none."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ValueError("A database address starts with postgresql://")
    try:
        found = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ValueError(f"This is no database address: {error}") from error
    return {name: str(value) for name, value in found.items() if value is not None}


def base(url: str, *, database: str | None = None) -> str:
    """The same server without role or password, at `database` if named."""
    return _joined({**_without_login(url), **({"dbname": database} if database else {})})


def for_role(url: str, *, role: str, password: str, database: str | None = None) -> str:
    """The same server asked by `role`, at `database` if named."""
    where = {**_without_login(url), **({"dbname": database} if database else {})}
    return _joined({**where, "user": role, "password": password})


def of_role(url: str, state: State, role: str, *, database: str | None = None) -> str:
    """The same server asked by one of Serai's roles, with the password the state folder keeps."""
    return for_role(url, role=role, password=state.secret(role), database=database)


def _without_login(url: str) -> dict[str, str]:
    unwanted = {"user", "password", "passfile"}
    return {name: value for name, value in parts(url).items() if name not in unwanted}


def _joined(values: dict[str, str]) -> str:
    values = dict(values)
    login = quote(values.pop("user", ""), safe="")
    if password := values.pop("password", ""):
        login += f":{quote(password, safe='')}"
    database = quote(values.pop("dbname", ""), safe="")
    # Host and port stay in the query: a socket's folder has no place before the slash.
    query = urlencode(values, quote_via=quote)
    return f"postgresql://{login + '@' if login else ''}/{database}{'?' + query if query else ''}"
