"""How a database becomes what `bot.store.schema` describes: Alembic's versions, run at start with no `env.py`.

A new version: change `schema.py`, write `versions/r0002_….py` with `revision` and `down_revision`; a test compares what
the versions build with the schema.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory

# "TALE" in ASCII: processes that start at the same time take this lock in turn.
_POSTGRES_LOCK = 0x54414C45


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))


def head() -> str:
    """Name the newest revision."""
    revision = _scripts().get_current_head()
    assert revision is not None, "there is a first version"  # noqa: S101 - for the type checker
    return revision


def known() -> frozenset[str]:
    """Name every revision that this version of Taleloom can bring up to date."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def current(connection: sa.Connection) -> str | None:
    """Name the database's revision; None for one that has no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: sa.Connection) -> None:
    """Bring the database to the newest revision, inside the connection's transaction: all of it or nothing."""
    scripts = _scripts()

    def steps(revisions: tuple[str, ...], _context: MigrationContext) -> list[MigrationStep]:
        missing = scripts.iterate_revisions("head", revisions[0] if revisions else "base")
        return [MigrationStep.upgrade_from_script(scripts.revision_map, script) for script in reversed(list(missing))]

    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRES_LOCK)))
    context = MigrationContext.configure(connection, opts={"fn": steps, "transactional_ddl": True})
    with Operations.context(context):
        context.run_migrations()
