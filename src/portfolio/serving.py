"""Serving: one process on SQLite, any number on PostgreSQL, each with its own listening socket."""

import gc
import multiprocessing
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from portfolio.app import create_app
from portfolio.errors import ConfigurationError
from portfolio.jobs.runner import start_jobs
from portfolio.settings import LOOPBACK, Settings
from portfolio.web.impatience import ImpatientProtocol
from portfolio.web.logs import AccessLog, log_as_json

THREADS = 16
"""Worker threads of a process; as many as the database pool holds."""


def check_can_serve(settings: Settings, host: str, workers: int) -> None:
    """Raises `ConfigurationError` for a set-up that would lose data or leak sessions."""
    if settings.database_url.startswith("sqlite") and workers > 1:
        raise ConfigurationError("SQLite serves one worker; use PostgreSQL for --workers above 1")
    if host not in LOOPBACK and not settings.is_https:
        raise ConfigurationError(
            f"--host {host} is not this machine alone: set PORTFOLIO_BASE_URL=https://… and put a TLS proxy before it"
        )


def check_port(host: str, port: int) -> None:
    """Raises `ConfigurationError` where somebody listens already: workers share a port among themselves, never with another
    installation, whose visitors would get half of the answers of this one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"port {port} of {host} cannot be used ({error.strerror}): stop what listens there, or choose another with --port"
            ) from None


def listening_socket(host: str, port: int) -> socket.socket:
    """Its own queue for each worker (SO_REUSEPORT), and no 40 ms wait on kept connections (TCP_NODELAY; stack.md rule 19)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT"):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    found.bind((host, port))
    return found


class Server(uvicorn.Server):
    """Says when it is ready, which scripts and people wait for."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def run_worker(settings: Settings, host: str, port: int, *, with_jobs: bool, announce: bool) -> None:
    """Serve in this process until it is told to stop."""
    log_as_json(with_access=settings.access_log)
    app = create_app(settings)
    stop_jobs = start_jobs(app.state.runtime) if with_jobs else None
    gc.collect()
    gc.freeze()  # what was built stays for good: the collector need not walk it again with every few requests

    def ready() -> None:
        if announce:
            sys.stdout.write(f"portfolio serves at {settings.base_url} (listening on {host}:{port})\n")
            sys.stdout.flush()

    config = uvicorn.Config(
        AccessLog(app),
        http=ImpatientProtocol,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=64 * 1024,
    )
    try:
        Server(config, ready).run(sockets=[listening_socket(host, port)])
    finally:
        if stop_jobs is not None:
            stop_jobs()


def serve(settings: Settings, host: str, port: int, workers: int, *, with_jobs: bool = True) -> int:
    """Serve until interrupted. Returns the exit code."""
    check_can_serve(settings, host, workers)
    check_port(host, port)
    if workers == 1:
        run_worker(settings, host, port, with_jobs=with_jobs, announce=True)
        return 0
    context = multiprocessing.get_context("spawn")
    children = [
        context.Process(
            target=run_worker,
            args=(settings, host, port),
            kwargs={"with_jobs": with_jobs and number == 0, "announce": number == 0},
        )
        for number in range(workers)
    ]
    for child in children:
        child.start()

    def stop(_number: int, _frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for child in children:
        child.join()
    return max(abs(child.exitcode or 0) for child in children) and 1
