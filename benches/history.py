"""Gives an office a past: `python benches/history.py FOLDER OUT NIGHTS [SECONDS]`.

FOLDER is an office of benches/night.py after its night of 2022-12-05. OUT is an office without
that night but with NIGHTS copies of it (or as many as SECONDS allow) on the days before, every
row settled: dossiers, fees, transactions, classes, groups, contributions, sums, shares and runs,
the chain and what is kept of answers and places of rows, and a folder a night. The lists of seals
stay those of the one night: a night reads none of them, `verify` finds every copy.
"""

import datetime
import pathlib
import shutil
import sqlite3
import sys
import time

DAY = "2022-12-05"
TABLES = ["dossier", "fee_version", "txn", "run", "row_state", "match_group", "match_leg",
          "contribution", "firm_change", "kpi", "audit", "run_kept", "reading", "raw",
          "export_file", "origin"]
DAYS = {"night", "business_date", "paid_on", "told", "said_last", "seen_night", "decided_night",
        "day"}
NAMES = {"what", "name", "says_wall"}
CODES = {"dossier_code", "dossier", "squeezed", "run_id", "bank_ref", "memo"}


def column(name, table):
    """How a column follows from the night's: `:d` the copy's day, `:s` six digits, `:n` number."""
    if name in DAYS:
        return f"CASE WHEN {name} = '{DAY}' THEN :d ELSE {name} END"
    if name == "seq" and table == "audit":
        return ":of - :n + 1"
    if name in NAMES or name == "run_id":
        return f"replace({name}, '{DAY}', :d)"
    if name in CODES:
        return f"replace({name}, '221205', :s)"
    if name in ("item", "owner"):
        of_dossier = f"replace({name}, '221205', :s)"
        return f"CASE WHEN {name} LIKE 'txn|%' THEN {name} || '.' || :n ELSE {of_dossier} END"
    if name == "id" or name == "group_id":
        of_fee = f"CASE WHEN side = 'fee' THEN {name} ELSE {name} || '.' || :n END"
        by_side = name == "id" and table in ("row_state", "origin")
        return of_fee if by_side else f"{name} || '.' || :n"
    fixed = {"open": "0", "firm": "1", "exception_id": "NULL", "period_to": ":d",
             "payer_name": "payer_name || ' ' || :n"}
    return fixed.get(name, name)


def main():
    folder, out, nights = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    until = time.monotonic() + float((sys.argv + ['1e9'])[4])
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(folder, out, ignore=shutil.ignore_patterns("*.lock"))
    settings = out / "doisoat.toml"
    settings.write_text(settings.read_text().replace(str(folder), str(out)))
    db = sqlite3.connect(out / "doisoat.db", isolation_level=None)
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -1000000")
    columns = {t: [r[1] for r in db.execute(f"PRAGMA table_info({t})")] for t in TABLES}
    for table in TABLES:
        db.execute(f"CREATE TEMP TABLE t_{table} AS SELECT * FROM {table}")
    of_tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    tables = [table for (table,) in db.execute(of_tables)]
    for table in tables:
        if not table.startswith(("_sqlx", "sqlite_")):
            db.execute(f"DELETE FROM {table}")
    shown = out / "reports" / DAY
    day = datetime.date.fromisoformat(DAY)
    for n in range(1, nights + 1):
        if time.monotonic() > until:
            break
        d = day - datetime.timedelta(days=n)
        given = {"d": d.isoformat(), "s": d.strftime("%y%m%d"), "n": n, "of": nights}
        db.execute("BEGIN")
        for table in TABLES:
            names = columns[table]
            made = ", ".join(column(name, table) for name in names)
            into = f"INSERT INTO {table} ({', '.join(names)})"
            db.execute(f"{into} SELECT {made} FROM t_{table}", given)
        db.execute("COMMIT")
        (out / "reports" / d.isoformat()).mkdir()
        text = (shown / "run.json").read_text().replace(DAY, d.isoformat())
        (out / "reports" / d.isoformat() / "run.json").write_text(text)
    if "firm_half" in tables:
        half = "substr(day, 1, 8) || CASE WHEN substr(day, 9, 2) < '15' THEN '01' ELSE '15' END"
        db.execute(
            "INSERT INTO firm_half (definition, scope, half, numerator, denominator) "
            f"SELECT definition, scope, {half}, SUM(numerator), SUM(denominator) "
            "FROM firm_change GROUP BY 1, 2, 3"
        )
    shutil.rmtree(shown)
    db.execute("PRAGMA optimize")
    print(db.execute("SELECT count(*) FROM txn").fetchone()[0], "transactions")


main()
