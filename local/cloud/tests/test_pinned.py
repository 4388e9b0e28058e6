import pytest

from cloud import pinned


def test_the_pinned_version_is_taken() -> None:
    pinned.refuse_other_versions()


def test_another_version_is_refused_naming_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinned, "version", lambda _name: "9.9.9")
    with pytest.raises(SystemExit, match=r"9\.9\.9.*1\.5\.33"):
        pinned.refuse_other_versions()
