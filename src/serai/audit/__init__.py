"""Audit: who did what to which record, as ids; the sentence is made when shown."""
