"""The local cloud: MiniStack at one pinned version, with the gaps this system meets mended."""
