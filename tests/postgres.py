"""A real PostgreSQL server on loopback for the tests, as an ordinary user, in a temporary folder.

There is one server per test process, started when the first test needs it. Each test has its own
database: a new one if it creates or changes tables, else one that was emptied, since creating one
takes a third of a second. A test can also set the server's clock: `now()` is looked up like any
function, so a function of that name in a schema before `pg_catalog` on the search path replaces it.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
from psycopg import sql

from bot.store.location import located
from bot.store.migrate import migrate_store

_START_SECONDS = 30

# Tables that belong to every store; their rows never change while it is used.
_KEPT = ("alembic_version", "compatibility", "engine_migration")
# Few rows are deleted one by one in a tenth of the time that new files for their tables take.
_EMPTY = f"""
DO $$ DECLARE name text; size bigint; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name, size IN SELECT quote_ident(relname), pg_relation_size(oid) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN {_KEPT}
    LOOP
        IF size > 100000 THEN
            EXECUTE 'TRUNCATE ' || name || ' CASCADE';
        ELSIF size > 0 THEN
            EXECUTE 'DELETE FROM ' || name;
        END IF;
    END LOOP;
    PERFORM setval(oid, 1, false) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
    IF to_regclass('turned.clock') IS NOT NULL THEN
        UPDATE turned.clock SET now = NULL;
    END IF;
END $$
"""
_OTHERS_END = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# What a database is made of, except the clock, which stays for the next test that sets it.
_MADE = """
SELECT (SELECT version_num FROM alembic_version), (SELECT oldest FROM compatibility),
    (SELECT count(*) FROM engine_migration),
    (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT count(*) FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped),
    (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proname <> 'now'),
    (SELECT count(*) FROM pg_trigger)
"""


def server_programs() -> Path | None:
    """The folder of `initdb` and `postgres`; None if PostgreSQL is not installed.

    Debian installs them outside of the path, in one folder per version.
    """
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@dataclass
class PostgresServer:
    """A server that the tests start and stop.

    Attributes:
        folder: Where it keeps everything.
        port: The port on which it listens, on 127.0.0.1 only.
        safe: Whether commits survive a crash of the machine too, as on an operator's server.
    """

    folder: Path
    port: int
    safe: bool = False
    _process: "subprocess.Popen[bytes] | None" = None
    _emptied: list[str] = field(default_factory=list)
    _connections: dict[str, psycopg.Connection] = field(default_factory=dict)
    _template: tuple[str, object] | None = None

    @classmethod
    def made(cls, *, safe: bool = False) -> "PostgresServer":
        """Create the files of a server, without starting it."""
        programs = _programs()
        # Not below pytest's folder, which only the user who runs the tests may enter.
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
            # Commits survive a crash of the server, and need not survive a crash of the machine.
            options |= {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
            options |= {"shared_buffers": "16MB", "jit": "off"}
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
        """Stop it: with `at_once` as by a power cut, else after ending all connections."""
        if self._process is not None:
            if at_once:
                # With all its processes. By SIGQUIT, once, it did not end within 30 seconds.
                server = psutil.Process(self._process.pid)
                everything = [server, *server.children(recursive=True)]
                for one in everything:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.kill()
                psutil.wait_procs(everything[1:], _START_SECONDS)
            else:
                self._process.send_signal(signal.SIGINT)  # PostgreSQL, "Shutting Down the Server"
            self._process.wait(_START_SECONDS)
            self._process = None

    def remove(self) -> None:
        """Stop it and delete everything."""
        for name in list(self._connections):
            self._forget(name)
        self.stop(at_once=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The `DATABASE_URL` of a database."""
        return f"postgresql://bot@127.0.0.1:{self.port}/{database}"

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database; it is dropped afterwards, open connections or not."""
        name = self._create("template1")
        yield self.url(name)
        self._drop(name)

    @contextlib.contextmanager
    def store(self) -> Iterator[str]:
        """The URL of an empty store of today's version.

        Earlier tests may have used it; a store whose tables were changed is not used again.
        """
        template, made = self._template = self._template or self._new_template()
        name = self._emptied.pop() if self._emptied else self._create(template)
        yield self.url(name)
        if self._cleared(name) == made:
            self._emptied.append(name)
        else:
            self._drop(name)

    def _new_template(self) -> tuple[str, object]:
        name = self._create("template1")
        migrate_store(located(self.url(name)))
        made = self._cleared(name)
        self._forget(name)  # a database in use cannot be copied
        return name, made

    def _cleared(self, name: str) -> object:
        """Empty a store that no test uses any more; returns what it is made of."""
        try:
            return self._clear(name)
        except psycopg.OperationalError:  # a test ended all connections, or the server
            self._forget(name)
            return self._clear(name)

    def _clear(self, name: str) -> object:
        # Its connection is kept: the server takes 10 ms until it knows the tables of a new one.
        if (connection := self._connections.get(name)) is None:
            connection = psycopg.connect(self.url(name), autocommit=True)
            self._connections[name] = connection
        connection.execute(_OTHERS_END)
        try:
            connection.execute(_EMPTY.encode())
            return connection.execute(_MADE).fetchone()
        except psycopg.errors.UndefinedTable:
            return None

    def _forget(self, name: str) -> None:
        if (connection := self._connections.pop(name, None)) is not None:
            connection.close()

    def _create(self, template: str) -> str:
        name = f"test_{uuid4().hex}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            # Files are copied in a third of the time that their pages take one by one.
            statement = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
            connection.execute(statement.encode())
        return name

    def _drop(self, name: str) -> None:
        self._forget(name)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class ServerClock:
    """The clock of one database: it stands still at a set time, or runs normally."""

    url: str

    @classmethod
    def of(cls, url: str) -> "ServerClock":
        """Control a database's clock for connections opened from now on; at first it runs."""
        with psycopg.connect(url, autocommit=True) as connection:
            if connection.execute("SELECT to_regclass('turned.clock')").fetchone() != (None,):
                return cls(url)
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
        """Stop the clock at a time, which may be in the past; None lets it run."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("UPDATE turned.clock SET now = %s", (now,))


def _programs() -> Path:
    programs = server_programs()
    assert programs is not None, (
        "there is no PostgreSQL server on this machine; on Debian: apt-get install postgresql"
    )
    return programs


def _ordinary_user() -> str | None:
    """The user who runs the server, since PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
