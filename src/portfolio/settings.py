"""Settings from the environment, each with a default that is safe on one machine, each refused in words when wrong."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from portfolio.errors import ConfigurationError

Mode = Literal["demo", "production"]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "testserver.local"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another."""

    database_url: str
    secret_key: str
    pack: str
    mode: Mode
    base_url: str
    mail_url: str
    files_dir: Path
    keys_dir: Path
    checkpoints_dir: Path
    trusted_proxy: bool
    allowed_hosts: frozenset[str]
    sqlite_synchronous: str
    access_log: bool = False

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read `PORTFOLIO_*`; a missing secret is made on the first run under `var/` (mode 0600).

    Raises `ConfigurationError` naming the variable and what it should look like.
    """
    env = os.environ if environment is None else environment

    def get(name: str, default: str) -> str:
        return env.get(f"PORTFOLIO_{name}", "").strip() or default

    var = Path(get("VAR_DIR", "var"))
    mode = get("MODE", "demo")
    if mode not in get_args(Mode):
        raise ConfigurationError(f"PORTFOLIO_MODE is {mode!r}; it must be demo or production")
    base_url = _base_url(get("BASE_URL", "http://127.0.0.1:8000"))
    if mode == "production" and not base_url.startswith("https://"):
        raise ConfigurationError("PORTFOLIO_BASE_URL must begin with https:// in production mode")
    secret = get("SECRET_KEY", "")
    if mode == "production" and len(secret) < 32:
        raise ConfigurationError("PORTFOLIO_SECRET_KEY must have 32 characters or more in production mode")
    hosts = {part.strip() for part in get("ALLOWED_HOSTS", "").split(",") if part.strip()}
    return Settings(
        database_url=_database_url(get("DATABASE_URL", f"sqlite:///{var / 'portfolio.db'}")),
        secret_key=secret or _made_secret(var / "secret.key"),
        pack=get("PACK", "eclac"),
        mode="demo" if mode == "demo" else "production",
        base_url=base_url,
        mail_url=_mail_url(get("MAIL_URL", "console:"), mode),
        files_dir=Path(get("FILES_URL", str(var / "files")).removeprefix("file://")),
        keys_dir=Path(get("KEYS_DIR", str(var / "keys"))),
        checkpoints_dir=Path(get("CHECKPOINTS", str(var / "checkpoints"))),
        trusted_proxy=_boolean("TRUSTED_PROXY", get("TRUSTED_PROXY", "no")),
        allowed_hosts=frozenset(hosts | LOOPBACK | {urlsplit(base_url).hostname or ""}),
        access_log=_boolean("ACCESS_LOG", get("ACCESS_LOG", "yes" if mode == "production" else "no")),
        sqlite_synchronous=_one_of("SQLITE_SYNCHRONOUS", get("SQLITE_SYNCHRONOUS", "FULL").upper(), ("FULL", "NORMAL")),
    )


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ConfigurationError(f"PORTFOLIO_{name} is {value!r}; it must be one of {', '.join(allowed)}")
    return value


def _boolean(name: str, value: str) -> bool:
    return _one_of(name, value.lower(), ("yes", "no")) == "yes"


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ConfigurationError(f"PORTFOLIO_BASE_URL is {value!r}; it must look like https://portfolio.example.gob")
    return value.rstrip("/")


def _database_url(value: str) -> str:
    if value.startswith("sqlite:///"):
        return value
    if value.startswith(("postgresql://", "postgresql+psycopg://")):
        return value.replace("postgresql://", "postgresql+psycopg://", 1)
    raise ConfigurationError(
        f"PORTFOLIO_DATABASE_URL is {value.split('@')[-1]!r}; it must begin with sqlite:/// or postgresql://"
    )


def _mail_url(value: str, mode: str) -> str:
    if mode == "production" and value == "console:":
        raise ConfigurationError(
            "PORTFOLIO_MAIL_URL must be smtp(s)://… in production: links that work once are no text for a log"
        )
    if value != "console:" and urlsplit(value).scheme not in ("smtp", "smtps"):
        raise ConfigurationError("PORTFOLIO_MAIL_URL must be console: or smtp://user:password@host:port")
    return value


def _made_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(32))
    return path.read_text().strip()
