"""Directory: networks, cities, organisations, people, teams."""
