"""What each of two thousand applications would make anew, and alike, is made once in a test process.

Nothing of the product's is left out: Werkzeug's rules and Jinja's templates are compiled as ever, and then kept by what they were
compiled from; the tables of an empty SQLite database are copied as a file, those of PostgreSQL emptied.
"""

import shutil
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import URL, Engine, create_engine, inspect, make_url, text
from werkzeug.routing import Map, Rule

from webapp.models import db

_compile = Rule.compile
_rules: dict[tuple[Any, ...], Rule] = {}
_templates: dict[str, bytes] = {}


def share_rules() -> None:
    """Let a rule that was compiled before lend what came of it to its like in the next application."""
    Rule.compile = compile_once  # type: ignore[method-assign]


def compile_once(rule: Rule) -> None:
    """As Rule.compile; only the plain rules of plain maps are shared, for others may depend on the map."""
    assert rule.map is not None
    if type(rule.map) is not Map or rule.map.host_matching or rule.defaults or rule.subdomain:
        _compile(rule)
        return
    key = (rule.rule, rule.strict_slashes, rule.merge_slashes, rule.is_leaf, tuple(sorted(rule.map.converters)))
    known = _rules.get(key)
    if known is None:
        _compile(rule)
        _rules[key] = rule
        return
    rule._parts, rule._trace, rule._converters = known._parts, known._trace, known._converters
    rule.arguments |= known.arguments
    rule._build = known._build.__func__.__get__(rule, None)  # type: ignore[attr-defined]
    rule._build_unknown = known._build_unknown.__func__.__get__(rule, None)  # type: ignore[attr-defined]


class Templates(BytecodeCache):
    """Compiled templates, by their name and what they say."""

    def load_bytecode(self, bucket: Bucket) -> None:
        if (known := _templates.get(bucket.key + bucket.checksum)) is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        _templates[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


def share_templates(app: Flask) -> Flask:
    """Let an application use templates that another has compiled."""
    app.jinja_env.bytecode_cache = Templates()
    return app


def make_tables(url: URL | str, template: Path) -> None:
    """All tables in an empty SQLite database, copied from ``template``, which the first to come makes."""
    if not template.exists():
        engine = create_engine(f"sqlite:///{template}")
        db.metadata.create_all(engine)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
    file = make_url(url).database
    assert file
    shutil.copyfile(template, file)


def empty_tables(engine: Engine) -> None:
    """All tables in a PostgreSQL database, and nothing in them; they are made anew where a test has left others."""
    names = db.metadata.tables.keys()
    with engine.begin() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(others))  # what a test has left open would be waited for
        if set(inspect(connection).get_table_names()) == names:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # the log of audits is for ever
            connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE"))
            return
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        db.metadata.create_all(connection)
