"""The thread: from any record both ways, of what the asker may read; writes nothing."""
