"""Files that come out the same wherever and whenever they are made."""

import gzip
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

from stack.settings import Refusal

# The first time a zip can tell.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
EXECUTABLE = 0o100755 << 16


def sha256_of(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def files_under(folder: Path) -> list[Path]:
    """Sorted by name, as seen from the folder; not what else a folder can hold."""
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def zip_of_functions(binary: Path, target: Path) -> None:
    """What Lambda unpacks: the one binary, as `bootstrap`."""
    entry = zipfile.ZipInfo("bootstrap", date_time=ZIP_EPOCH)
    entry.create_system, entry.external_attr = 3, EXECUTABLE
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(entry, binary.read_bytes(), zipfile.ZIP_DEFLATED)


def pack(folder: Path, archive: Path, *, modified_at_secs: int) -> None:
    """The folder as `.tar.gz`: names sorted, one owner, one date, two modes."""
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=modified_at_secs) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in files_under(folder):
            content = (folder / path).read_bytes()
            entry = tarfile.TarInfo(f"{folder.name}/{path.as_posix()}")
            entry.size, entry.mtime, entry.mode = len(content), modified_at_secs, 0o644
            tar.addfile(entry, io.BytesIO(content))


def unpack(archive: Path, into: Path) -> Path:
    """The bundle's folder. What leads out of `into`, or is no plain file, is refused."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(into, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise Refusal(f"{archive} cannot be unpacked: {error}") from error
    folders = [path for path in into.iterdir() if path.is_dir()]
    if len(folders) != 1:
        raise Refusal(f"{archive} is no bundle: it holds {len(folders)} folders where one is expected")
    return folders[0]
