"""Serai: a network of cities learns from one another and can show what came of it."""
