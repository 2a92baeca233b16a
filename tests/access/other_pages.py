"""Addresses whose access is tested in their own folder, with the reason."""

_LISTED = {
    "tests/accounts": """
        account_login account_request_login_code account_confirm_login_code account_logout account_signup
        account_inactive account_first mfa_authenticate mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp
        mfa_view_recovery_codes mfa_generate_recovery_codes mfa_download_recovery_codes mfa_list_webauthn
        mfa_add_webauthn mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_edit_webauthn mfa_login_webauthn""",
    "tests/directory": """
        cities city take_city change_city places new_network network change_network new_hub organisations
        new_organisation new_team import_members export_members""",
    "tests/sharing": """
        why readers share report see_as register my_data reports reported release_reported purge_reported export_my_data
        erase_me""",
}
ROWS: dict[str, str] = {name: where for where, listed in _LISTED.items() for name in listed.split()}
