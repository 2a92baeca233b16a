"""Addresses whose access is tested in their own folder, with the reason."""

ROWS: dict[str, str] = {
    name: where
    for where, listed in {
        "tests/directory": "cities city places organisations organisation person team import_members",
        "tests/sharing": "why readers share report see_as register my_data",
    }.items()
    for name in listed.split()
}
