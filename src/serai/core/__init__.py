"""Pure Python: values in, values out. No Django, no database, no clock, no unseeded chance."""
