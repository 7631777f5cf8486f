"""The wheel holds all it needs: installed elsewhere, it migrates a database and serves a page."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import pathlib, portfolio
from litestar.testing import TestClient
from portfolio.app import create_app
from portfolio.db.engine import open_database
from portfolio.db.migrate import upgrade
from portfolio.settings import read_settings
settings = read_settings()
database = open_database(settings.database_url)
upgrade(database)
with TestClient(create_app(settings, database), base_url="https://testserver.local") as client:
    from portfolio.labels import is_labelled
    from portfolio.projects.terms import AmountState
    assert all(is_labelled(state) for state in AmountState), "the application did not load the words of its rooms"
    answer = client.get("/sign-in", headers={"cookie": "pf_language=pt"})
    assert answer.status_code == 200, answer.text
    assert "Senha" in answer.text
    assert client.get("/readyz").text == "ready"
print(pathlib.Path(portfolio.__file__).parent)
"""


def test_an_installed_wheel_serves(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(tmp_path / "dist"), str(ROOT)]
    made = subprocess.run(build, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
    wheel = next((tmp_path / "dist").glob("*.whl"))
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    environment = {
        **os.environ,
        "PYTHONPATH": str(site),
        "PORTFOLIO_VAR_DIR": str(tmp_path / "var"),
        "PORTFOLIO_BASE_URL": "https://testserver.local",
    }
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    assert answer.stdout.strip().endswith(str(site / "portfolio"))
