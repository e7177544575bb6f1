"""Read models: one question a module, each a pure fold on one time axis.

:mod:`aboard.projections.lift.lift` gives every fold its second axis; nothing in a fold knows of
corrections, late facts, or storage.
"""
