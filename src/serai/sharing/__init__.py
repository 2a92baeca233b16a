"""Sharing: audiences, reasons, links, reports, purge."""
