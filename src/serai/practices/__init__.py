"""Practices: what a city does, how sure we are, what did not work; every version kept."""
