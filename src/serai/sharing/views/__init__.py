"""Pages of who may read what: why, who, wider or narrower, as another sees it, reports, the register, my data."""
