"""A real PostgreSQL on loopback for the tests: an ordinary user's, in a folder that goes away.

One server a test process, started when the first test asks for one; each test has a database of its
own. Where a test moves the clock, it is the server's: `now()` is looked up like any function, so
one that stands in a schema before `pg_catalog` on the search path answers in its place.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

_START_SECONDS = 30


def server_programs() -> Path | None:
    """Where `initdb` and `postgres` are; None if there is no server on this machine.

    Debian keeps them out of the path, in a folder for each version.
    """
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@dataclass
class PostgresServer:
    """A server of the tests' own.

    Attributes:
        folder: Where it keeps everything.
        port: Where it listens, on 127.0.0.1 only.
        safe: Whether what is committed outlives the machine, too, as it would at an operator's.
    """

    folder: Path
    port: int
    safe: bool = False
    _process: "subprocess.Popen[bytes] | None" = None

    @classmethod
    def made(cls, *, safe: bool = False) -> "PostgresServer":
        """Make the files of a server that does not run yet."""
        programs = _programs()
        # Not below pytest's folder, which nobody but the user who runs the tests may enter.
        folder = Path(tempfile.mkdtemp(prefix="pep-bot-postgres-"))
        if (user := _ordinary_user()) is not None:
            shutil.chown(folder, user)
        initdb = [programs / "initdb", "-D", folder / "data", "-U", "bot", "-A", "trust"]
        initdb += ["--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        subprocess.run(initdb, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)
        return cls(folder, _free_port(), safe)

    def start(self) -> None:
        """Start it, and return once it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "max_connections": 200,
        }
        if not self.safe:
            # Nothing here has to outlive the machine; what has to outlive the server still does.
            options |= {"fsync": "off", "full_page_writes": "off"}
        command = [_programs() / "postgres", "-D", self.folder / "data"]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, user=_ordinary_user(), cwd=self.folder, stdout=log, stderr=log
            )
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < end, (self.folder / "log").read_text()
                time.sleep(0.02)
            else:
                return

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it: `at_once` as if it had lost its power, else after ending all connections."""
        if self._process is not None:
            # SIGQUIT and SIGINT: PostgreSQL, "Shutting Down the Server".
            self._process.send_signal(3 if at_once else 2)
            self._process.wait(_START_SECONDS)
            self._process = None

    def remove(self) -> None:
        """Stop it and delete everything."""
        self.stop(at_once=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The `DATABASE_URL` of a database."""
        return f"postgresql://bot@127.0.0.1:{self.port}/{database}"

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """A new, empty database's URL; it goes away with whoever is still connected."""
        name = f"test_{uuid4().hex}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        yield self.url(name)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class ServerClock:
    """The clock of one database: it stands still at what it was set to, or runs as it should."""

    url: str

    @classmethod
    def of(cls, url: str) -> "ServerClock":
        """Take a database's clock over, for connections opened from then on; it runs at first."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA turned")
            connection.execute("CREATE TABLE turned.clock (now timestamptz)")
            connection.execute("INSERT INTO turned.clock VALUES (NULL)")
            connection.execute(
                "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql STABLE"
                " AS 'SELECT coalesce(now, pg_catalog.now()) FROM turned.clock'"
            )
            database = sql.Identifier(connection.info.dbname)
            connection.execute(
                sql.SQL("ALTER DATABASE {} SET search_path = public, pg_catalog").format(database)
            )
        return cls(url)

    def set(self, now: datetime | None) -> None:
        """Have it stand still at a moment, be it before the present one; None lets it run."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("UPDATE turned.clock SET now = %s", (now,))


def _programs() -> Path:
    programs = server_programs()
    assert programs is not None, (
        "there is no PostgreSQL server on this machine; on Debian: apt-get install postgresql"
    )
    return programs


def _ordinary_user() -> str | None:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
