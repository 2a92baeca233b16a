"""Partnerships: what outlives a visit."""
