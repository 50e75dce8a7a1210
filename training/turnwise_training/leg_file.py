"""A leg that was not released, in a few megabytes: what its shipped form has else than the one it began from.

    python -m turnwise_training.leg_file write ../models/en work/leg/export legs/NAME.zip
    python -m turnwise_training.leg_file read ../models/en legs/NAME.zip --out work/leg/export

Training moves few int8 weights, and those by little: most bytes of a file's difference are 0, and 86 MB
become a few. What is read is a folder of the shipped form, checksums and all, of which `import_fused` makes a
model to go on from. A file has as many bytes as before, or nothing is written.
"""

import argparse
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np

from .export_files import describe_file
from .manifest import MANIFEST, read_manifest

BASE = "base.json"
"""In the zip: the manifest that the differences are to."""


def read_bytes(path: Path, facts: dict) -> np.ndarray:
    """uint8 [bytes]. Raises ValueError where size or checksum are not the manifest's `facts`."""
    check(describe_file(path) == facts, f"{path} is not as its manifest says")
    return np.fromfile(path, np.uint8)


def check(holds: bool, problem: str) -> None:
    if not holds:
        raise ValueError(problem)


def write_leg(base: Path, leg: Path, file: Path) -> None:
    """Of two folders of the shipped form. Raises ValueError where a file of theirs differs in its size."""
    before, after = read_manifest(base), read_manifest(leg)
    file.parent.mkdir(parents=True, exist_ok=True)
    differences: dict[str, bytes] = {}
    for name, facts in after["files"].items():
        own = before["files"].get(name, {})
        check(own.get("sizeBytes") == facts["sizeBytes"], f"{name} has another size: the graphs differ")
        if own["sha256"] != facts["sha256"]:
            ours, theirs = (read_bytes(f / name, m) for f, m in ((leg, facts), (base, own)))
            differences[name] = (ours - theirs).tobytes()  # modulo 256
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as packed:
        packed.writestr(BASE, json.dumps(before, indent=2))
        packed.writestr(MANIFEST, json.dumps(after, indent=2) + "\n")
        for name, difference in differences.items():
            packed.writestr(name, difference)


def read_leg(base: Path, file: Path, out: Path) -> None:
    """Makes the leg's folder. Raises ValueError where the base is not the release that it went on from."""
    with zipfile.ZipFile(file) as packed:
        before, after = (json.loads(packed.read(name)) for name in (BASE, MANIFEST))
        begun = f"{before['name']} {before['version']}"
        there = read_manifest(base)
        check(
            there["files"] == before["files"],
            f"{file.name} goes on from {begun}, {base} holds {there['version']}: take that one",
        )
        out.mkdir(parents=True, exist_ok=True)
        for name, facts in after["files"].items():
            if name not in packed.namelist():
                shutil.copy(base / name, out / name)
                continue
            difference = np.frombuffer(packed.read(name), np.uint8)
            theirs = read_bytes(base / name, before["files"][name])
            (out / name).write_bytes((theirs + difference).tobytes())
            read_bytes(out / name, facts)
        (out / MANIFEST).write_bytes(packed.read(MANIFEST))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write", help="two folders to a leg's file")
    read = commands.add_parser("read", help="a leg's file to its folder")
    for command in (write, read):
        command.add_argument("base", type=Path, help="folder of the release that the leg went on from")
    write.add_argument("leg", type=Path, help="folder of the leg's shipped form")
    write.add_argument("file", type=Path)
    read.add_argument("file", type=Path)
    read.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    try:
        if asked.command == "write":
            write_leg(asked.base, asked.leg, asked.file)
        else:
            read_leg(asked.base, asked.file, asked.out)
    except (FileNotFoundError, ValueError) as problem:
        parser.error(str(problem))


if __name__ == "__main__":
    main()
