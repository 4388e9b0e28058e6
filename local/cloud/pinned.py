"""The one MiniStack version whose internals the mends replace."""

from importlib.metadata import PackageNotFoundError, version

PINNED = "1.5.33"


def refuse_other_versions() -> None:
    """Ends the program on any other version: the mends reach into internals that move without notice."""
    try:
        found = version("ministack")
    except PackageNotFoundError:
        raise SystemExit("MiniStack is not installed here: run scripts/dev, which installs it") from None
    if found != PINNED:
        raise SystemExit(
            f"MiniStack {found} is installed, the mends in local/cloud are written and tested for {PINNED}: "
            "install that version, or move the pin and run the tests of local/cloud"
        )
