"""`scripts/compare-readers`: files, each read by us and by three other libraries."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from readers import install, kinds, report
from readers.ask import Engine
from readers.compare import Comparison
from stack.build import PROFILE
from stack.install import check_machine
from stack.progress import say, since_start_secs, step, warn
from stack.settings import CHECKOUT, Refusal

LETTERS = CHECKOUT / "golden" / "letters"
GOLDEN = [LETTERS, CHECKOUT / "golden" / "mail"]
TELL_EVERY_FILES = 200


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/compare-readers",
        description="Compares how we, Python's icalendar, ical.js and libical read calendars. Exit code 0 when each"
        " difference is of a kind that is explained, and our own golden letters are read alike by all.",
    )
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders (default: the golden letters and mails)")
    parser.add_argument("--json", action="store_true", help="every difference, as JSON lines")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the table of kinds there, as Markdown")
    parser.add_argument("--cis", type=Path, help="the program `cis` (default: it is built)")
    arguments = parser.parse_args()
    try:
        check_machine()
        install.install()
        files = files_in(arguments.paths or GOLDEN)
        comparison = compare(arguments.cis or built(), files, quiet=arguments.json)
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        warn("\nInterrupted.")
        return 130
    sorted_out = kinds.sort(comparison.differences)
    if arguments.json:
        for difference in comparison.differences:
            print(json.dumps(report.as_json(difference, kinds.of(difference))))
    else:
        say(report.text(comparison, sorted_out))
    if arguments.write:
        arguments.write.write_text(report.markdown(comparison, sorted_out))
    # What we write has to be read alike by everybody, as far as they can read.
    of_ours = [
        one for one in comparison.differences if one.file.is_relative_to(LETTERS) and not kinds.of(one).even_of_ours
    ]
    agree_enough = not of_ours and kinds.UNEXPLAINED not in sorted_out
    if not arguments.json:
        say(f"\nAfter {since_start_secs():.0f} s: {'passed' if agree_enough else 'FAILED'}")
    return 0 if agree_enough else 1


def files_in(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise Refusal(f"{path} is not there")
        found += [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sorted(found)


def built() -> Path:
    command = ["cargo", "build", "--locked", "--profile", PROFILE, "--package", "cli"]
    with step("build cis"):
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refusal("\n".join(done.stderr.splitlines()[-25:]))
    said = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=CHECKOUT, capture_output=True, check=True
    ).stdout
    return Path(json.loads(said)["target_directory"]) / PROFILE / "cis"


def engines() -> list[Engine]:
    python = str(install.TOOLS / "python" / "bin" / "python")
    folder = install.HERE / "engines"
    return [
        Engine("icalendar", [python, str(folder / "python_icalendar.py")]),
        Engine("ical.js", ["node", str(folder / "ical_js.mjs"), str(install.TOOLS)]),
        Engine("libical", [python, str(folder / "libical.py"), *install.libical()]),
    ]


def compare(cis: Path, files: list[Path], *, quiet: bool) -> Comparison:
    comparison = Comparison()
    asked = engines()
    try:
        for number, file in enumerate(files, start=1):
            comparison.add(cis, asked, file)
            if number % TELL_EVERY_FILES == 0 and not quiet:
                say(f"  {number} of {len(files)} files")
    finally:
        for engine in asked:
            engine.stop()
    return comparison


if __name__ == "__main__":
    sys.exit(main())
