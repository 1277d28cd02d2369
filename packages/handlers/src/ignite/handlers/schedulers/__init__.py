"""Schedules of optimizer parameters; :mod:`ignite.handlers.param_scheduler` has them all."""
