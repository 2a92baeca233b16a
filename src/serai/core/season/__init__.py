"""Who should meet whom: fit, the season plan, cycles, and the reasons in words."""
