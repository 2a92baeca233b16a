"""Needs, offers and matches: who could show whom what, and what was decided."""
