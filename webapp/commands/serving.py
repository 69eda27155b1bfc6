"""`dps run`: everything a first visitor needs, in one command and one process."""

from __future__ import annotations

import socket
from argparse import Namespace
from dataclasses import replace
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.http import wsgi

from models.session import EMBEDDED, make_engine, new_session
from webapp import create_app
from webapp.commands import database, demo, processes, working
from webapp.settings import Settings

THREADS = 8


class PortTaken(database.NotReady):
    """Something else listens on the port that was asked for."""


def add_commands(commands: Any) -> None:
    """Add `dps run`."""
    parser = commands.add_parser("run", help="prepare the database and serve, with the worker inside unless DPS_JOBS=procrastinate")
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    parser.set_defaults(carry_out=run)


def run(settings: Settings, wanted: Namespace) -> None:
    """Migrate, deploy the library, load demo data into an empty database, say where to look, and serve until
    stopped."""
    settings = with_free_port(settings)
    database.make_ready(settings)
    for line in processes.deploy_all(settings):
        print(line)
    people = []
    if settings.production:
        with new_session(make_engine(settings.database_url), writes=False) as session:
            database.refuse_demo_people(session)
    elif not wanted.no_demo:
        people = demo.load_when_empty(settings)
    _announce(settings, people)
    _Server(settings).run()


def with_free_port(settings: Settings) -> Settings:
    """The settings with a port that nobody uses. A port that was chosen with DPS_PORT and is taken raises
    PortTaken."""
    if is_free(settings.host, settings.port):
        return settings
    free = next(
        (port for port in range(settings.port + 1, settings.port + 50) if is_free(settings.host, port)), 0
    )
    if settings.port_is_chosen or not free:
        hint = f" Port {free} is free: DPS_PORT={free} make run" if free else ""
        raise PortTaken(f"Port {settings.port} is used by another program.{hint}")
    print(f"Port {settings.port} is used by another program; using {free}")
    return replace(settings, port=free)


def is_free(host: str, port: int) -> bool:
    """Whether a program could listen on the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _announce(settings: Settings, people: list[tuple[str, str]]) -> None:
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    print(f"\n  DPS Casework for {settings.council_name}: {address}\n")
    if people:
        print(f"  Demo sign-ins, all with the password {demo.password()}")
        width = max(len(email) for email, _ in people)
        for email, job in people:
            print(f"    {email:<{width}}  {job}")
        print()
    print("  Stop with Ctrl+C\n", flush=True)


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn inside this process: one worker, eight threads, and the job runner beside them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        values = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "graceful_timeout": 30,
            "keepalive": 5,
            "logger_class": "webapp.commands.gunicorn_log.Log",
            "post_worker_init": self._start_worker,
            "worker_exit": self._stop_worker,
            "forwarded_allow_ips": "*" if self.settings.trusted_proxies else "127.0.0.1",
            "limit_request_line": 8190,
            "control_socket_disable": True,
        }
        for name, value in values.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        wsgi.Response.default_headers = _without_server(wsgi.Response.default_headers)
        return create_app(self.settings)

    def _start_worker(self, _worker: Any) -> None:
        if self.settings.jobs == EMBEDDED:
            self.runner = working.start(self.settings)

    def _stop_worker(self, _arbiter: Any, _worker: Any) -> None:
        runner = getattr(self, "runner", None)
        if runner is not None:
            runner.stop()


def _without_server(original: Any) -> Any:
    """gunicorn's own headers without its name: nobody needs to know what serves the pages."""

    def default_headers(response: Any) -> list[str]:
        return [line for line in original(response) if not line.lower().startswith("server:")]

    return default_headers
