"""Who works with whom: rosters, measures, change between waves, bridges."""
