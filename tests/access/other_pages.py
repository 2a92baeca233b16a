"""Addresses whose access is tested in their own folder, with the reason."""

_LISTED = {
    "tests/directory": """
        cities city take_city change_city places networks new_network network change_network new_hub organisations
        new_organisation new_team import_members export_members""",
    "tests/sharing": """
        why readers share report see_as register my_data reports reported release_reported purge_reported export_my_data
        erase_me""",
}
ROWS: dict[str, str] = {name: where for where, listed in _LISTED.items() for name in listed.split()}
