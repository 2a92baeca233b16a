"""Translations: the words of a practice or story in another language, with how they came about and who read them."""
