"""Exchanges: who takes part, the task list, the programme, safety, takeaways."""
