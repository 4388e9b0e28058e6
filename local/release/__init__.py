"""Releases: what may be released, what it is made of, and that it deploys: `scripts/release`."""
