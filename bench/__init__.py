"""The measured claims: each script puts this program beside a named peer in one run, as a ratio."""
