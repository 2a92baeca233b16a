"""Stories: results told, each passage linked to its record."""
