"""Accounts: how a person signs in; holds no name and no content."""
