"""Attacks of one tenant on another in the same account: `scripts/isolation`."""
