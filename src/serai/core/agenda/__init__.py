"""The programme of a visit: model, solver, repair, warnings."""
