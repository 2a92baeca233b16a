"""Pages of the directory: cities and places, networks, organisations, people, teams, what comes in from Excel."""
