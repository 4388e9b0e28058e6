"""Runs every test there is: `scripts/test`."""
