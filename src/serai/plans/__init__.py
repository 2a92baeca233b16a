"""Plans: objectives, activities, indicators and measurements of a city."""
