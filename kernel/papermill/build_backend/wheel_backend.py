"""Builds this package with Python's own library (PEP 517 and 660), so that installing it downloads nothing."""

import base64
import hashlib
import io
import tarfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(ROOT.glob("src/gonb_papermill/*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
STEM = f"{PROJECT['name'].replace('-', '_')}-{PROJECT['version']}"


INFO = f"{STEM}.dist-info"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(wheel_directory, {f"gonb_papermill/{path.name}": path.read_bytes() for path in SOURCES})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    # Python reads folders to import from out of a .pth file.
    return write_wheel(wheel_directory, {"gonb_papermill.pth": f"{ROOT / 'src'}\n".encode()})


def write_wheel(folder, code):
    name, record = f"{STEM}-py3-none-any.whl", []
    with zipfile.ZipFile(Path(folder) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in {**code, **information()}.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{path},sha256={digest},{len(content)}\n")
            add(wheel, path, content)
        add(wheel, f"{INFO}/RECORD", "".join([*record, f"{INFO}/RECORD,,\n"]).encode())
    return name


def build_sdist(sdist_directory, config_settings=None):
    name = f"{STEM}.tar.gz"
    with tarfile.open(Path(sdist_directory) / name, "w:gz") as archive:
        for path in [ROOT / "pyproject.toml", ROOT / "README.md", Path(__file__).resolve(), *SOURCES]:
            archive.add(path, f"{STEM}/{path.relative_to(ROOT).as_posix()}")
        content = metadata().encode()
        entry = tarfile.TarInfo(f"{STEM}/PKG-INFO")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return name


def add(wheel, path, content):
    # A fixed time: the same sources give the same wheel.
    wheel.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), content)


def information():
    return {
        f"{INFO}/METADATA": metadata().encode(),
        f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nGenerator: wheel_backend\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{INFO}/entry_points.txt": entry_points().encode(),
    }


def metadata():
    head = {
        "Metadata-Version": "2.4", "Name": PROJECT["name"], "Version": PROJECT["version"],
        "Summary": PROJECT["description"], "Requires-Python": PROJECT["requires-python"],
        "License-Expression": PROJECT["license"], "Description-Content-Type": "text/markdown",
    }
    lines = [f"{key}: {value}" for key, value in head.items()]
    lines += [f"Requires-Dist: {dependency}" for dependency in PROJECT["dependencies"]]
    return "\n".join(lines) + "\n\n" + (ROOT / "README.md").read_text(encoding="utf-8")


def entry_points():
    return "".join(
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in points.items())
        for group, points in PROJECT["entry-points"].items()
    )
