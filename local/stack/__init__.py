"""Brings the whole system up on one machine: `scripts/dev`."""
