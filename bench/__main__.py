"""`make bench`: a demonstration with 100,000 projects in a scratch folder; pages against the floor, imports, exports, health."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench import risks
from bench.timing import Timed, table, time_pages

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
US = SHARED / "us_itdashboard" / "projects_2012_clean.csv"
PORT = 8765


def run(*arguments: str, env: dict[str, str]) -> tuple[float, float]:
    """One command: seconds, and the peak of its own memory in MB."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen([sys.executable, "-m", *arguments], env=env, cwd=ROOT, stdout=said, stderr=said)
        _pid, status, used = os.wait4(child.pid, 0)
        took = time.perf_counter() - began
        if status:
            said.seek(0)
            raise SystemExit(f"{' '.join(arguments)}: {said.read()[-2000:]}")
    return took, used.ru_maxrss / 1024


def sign_in(client: httpx.Client, key: str) -> None:
    answer = client.post("/demo", data={"person": key}, headers={"sec-fetch-site": "same-origin"})
    if answer.status_code not in (200, 303):
        raise SystemExit(f"sign-in: {answer.status_code}")


def deep_address(client: httpx.Client, pages: int = 40) -> str:
    """The address of the list some pages on."""
    path = "/portfolio"
    for _number in range(pages):
        found = re.search(r'href="(/portfolio\?[^"]*after=[^"]*)"', client.get(path).text)
        if not found:
            break
        path = found.group(1).replace("&amp;", "&")
    return path


def pages(env: dict[str, str]) -> list[list[str]]:
    """List and case sheet against the floor of the same size, in one run."""
    sample = Path(env["PORTFOLIO_VAR_DIR"]) / "page.html"
    sample.write_bytes(b"<!DOCTYPE html>")
    with serving(env, sample) as client:
        sign_in(client, "budget_decider")
        sample.write_bytes(client.get("/portfolio").content)
    with serving(env, sample) as client:
        sign_in(client, "budget_decider")
        case = re.search(r'href="(/cases/[0-9a-f-]{36})', client.get("/").text)
        paths = {
            "bare answer": "/bare",
            "floor": "/floor",
            "portfolio list, first page": "/portfolio",
            "portfolio list, 40 pages on": deep_address(client),
            "portfolio list, two words": "/portfolio?q=catastro+insular",
            "case sheet": case.group(1) if case else sys.exit("no case was found"),
            "what waits for me": "/",
        }
        timed: dict[str, Timed] = time_pages(client, paths)
    floor, bare = timed["floor"], timed["bare answer"]
    rows = [["page", "median ms", "× floor", "× bare", "kB"]]
    for name, found in timed.items():
        rows.append(
            [
                name,
                f"{found.median * 1000:.1f}",
                f"{found.median / floor.median:.2f}",
                f"{found.median / bare.median:.2f}",
                f"{found.size / 1000:.0f}",
            ]
        )
    return rows


class serving:
    """The bench server as a child, stopped at the end whatever happens."""

    def __init__(self, env: dict[str, str], page: Path) -> None:
        self.env, self.page = env, page

    def __enter__(self) -> httpx.Client:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "bench.server", str(PORT), str(self.page)], env=self.env, cwd=ROOT
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=60)
        for _try in range(150):
            try:
                self.client.get("/healthz")
                return self.client
            except httpx.TransportError:
                time.sleep(0.2)
        raise SystemExit("the server did not start")

    def __exit__(self, *_error: object) -> None:
        self.client.close()
        self.child.terminate()
        self.child.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--keep", help="use this folder, and leave it")
    arguments = parser.parse_args()
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="portfolio-bench-"))
    env = {**os.environ, "PORTFOLIO_VAR_DIR": str(folder), "PORTFOLIO_BASE_URL": f"http://127.0.0.1:{PORT}"}
    rows = [["what", "seconds", "peak MB"]]
    try:
        took, memory = run("portfolio", "demo", env=env)
        rows.append(["demonstration country, from nothing", f"{took:.1f}", f"{memory:.0f}"])
        if US.exists():
            took, memory = run("portfolio", "import", "projects", str(US), env=env)
            rows.append(["import of 2,472 real rows", f"{took:.1f}", f"{memory:.0f}"])
        else:
            print(f"{US.name} is not there: the import of real rows is not measured")
        took, memory = run("portfolio", "demo", "--size", "large", env=env)
        rows.append(["100,000 projects with their trail", f"{took:.1f}", f"{memory:.0f}"])
        for kind in ("csv", "xlsx", "json"):
            out = folder / f"portfolio.{kind}"
            took, memory = run("portfolio", "export", "portfolio", "--format", kind, "--out", str(out), env=env)
            rows.append([f"export of all to {kind.upper()}, whole command", f"{took:.1f}", f"{memory:.0f}"])
        took, memory = run("portfolio", "audit", "verify", env=env)
        rows.append(["verification of the whole trail and its rows", f"{took:.1f}", f"{memory:.0f}"])
        took, memory = run("bench.health", env=env)
        rows.append(["health of 100,000 synthetic projects, frames made included", f"{took:.1f}", f"{memory:.0f}"])
        rows.append(["simulation of 50 risks × 100,000 draws, the function itself (bench.risks)", risks.words(), ""])
        print(table(rows), "\n")
        print(table(pages(env)))
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
