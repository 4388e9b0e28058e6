"""The same files make the same bytes, whenever and in whatever order they were written."""

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from release.files import pack, sha256_of, unpack, zip_of_functions
from stack.settings import Refusal

COMMITTED_AT_SECS = 1_795_000_000


def folder(place: Path, names: list[str], modified_at_secs: int) -> Path:
    made = place / "bundle"
    for name in names:
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"what {name} holds")
        path.chmod(0o600)
        os.utime(path, (modified_at_secs, modified_at_secs))
    return made


def test_a_packed_folder_tells_nothing_of_when_and_in_which_order_it_was_written(tmp_path: Path) -> None:
    names = ["b/two", "a", "b/one"]
    for number, order in enumerate((names, names[::-1])):
        made = folder(tmp_path / str(number), order, 1_000_000 + number)
        pack(made, tmp_path / f"{number}.tar.gz", modified_at_secs=COMMITTED_AT_SECS)
    assert sha256_of(tmp_path / "0.tar.gz") == sha256_of(tmp_path / "1.tar.gz")


def test_what_was_packed_comes_out_again(tmp_path: Path) -> None:
    pack(folder(tmp_path, ["a", "b/one"], 1), tmp_path / "x.tar.gz", modified_at_secs=COMMITTED_AT_SECS)
    out = unpack(tmp_path / "x.tar.gz", tmp_path / "out")
    assert (out.name, (out / "b" / "one").read_text()) == ("bundle", "what b/one holds")


def test_a_binary_is_the_same_zip_whenever_it_was_built(tmp_path: Path) -> None:
    for number in (1, 2):
        binary = tmp_path / f"binary{number}"
        binary.write_bytes(b"\x7fELF and more")
        os.utime(binary, (number, number))
        zip_of_functions(binary, tmp_path / f"{number}.zip")
    assert sha256_of(tmp_path / "1.zip") == sha256_of(tmp_path / "2.zip")
    with zipfile.ZipFile(tmp_path / "1.zip") as archive:
        (entry,) = archive.infolist()
    # Lambda starts what is called bootstrap and may be executed.
    assert (entry.filename, entry.external_attr >> 16 & 0o777) == ("bootstrap", 0o755)


def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as tar:
        entry = tarfile.TarInfo("../outside")
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(Refusal, match="cannot be unpacked"):
        unpack(tmp_path / "evil.tar.gz", tmp_path / "in")
    assert not (tmp_path / "outside").exists()


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(b"no archive")
    with pytest.raises(Refusal, match="cannot be unpacked"):
        unpack(tmp_path / "x.tar.gz", tmp_path)
