"""What no source may hold: addresses of registries, paths of a machine, money as a float, files of two ideas."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MACHINE = re.compile(r"(?<![\w.])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "fa" + "rm")) + r")/")
REGISTRIES = ("pypi" + ".org", "registry.npmjs" + ".org", "pythonhosted" + ".org")
FLOAT_MONEY = re.compile(r"float\(.*(amount|cost|budget|price|ceiling)|(amount|cost|budget|price|ceiling)\w*: float")
MAX_LINES = 450


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_nothing_names_a_registry_or_a_path_of_a_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.name}: {host}" for host in REGISTRIES if host in text]
        found += [f"{path.name}: {match.group()}" for match in MACHINE.finditer(text)]
    assert not found, found[:10]


def test_requirements_hold_hashes_and_no_addresses() -> None:
    for path in tracked("requirements/*.txt"):
        text = path.read_text()
        assert "http" + "://" not in text
        assert "https" + "://" not in text
        assert text.count("--hash=sha256:") > 50


def test_files_hold_one_idea() -> None:
    long = [
        f"{p.name}: {n}"
        for p in tracked("src/*.py", "tests/*.py")
        if (n := len(p.read_text().splitlines())) > MAX_LINES
    ]
    assert not long, long


def test_money_is_never_a_float() -> None:
    found = [
        f"{path.name}: {line.strip()}"
        for path in tracked("src/*.py")
        for line in path.read_text().splitlines()
        if FLOAT_MONEY.search(line)
    ]
    assert not found, found
