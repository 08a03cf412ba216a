"""The exact job in DuckDB, to compare `doisoat match` with: full outer join on the exact reference,
amount check, classes, three CSV files out. Nothing else that `match` does.

    python benches/duckdb_exact_job.py DIR OUT

DIR holds dossier_fees.csv and transactions_*.csv.
"""

import os
import sys

import duckdb

folder, out = sys.argv[1], sys.argv[2]
os.makedirs(out, exist_ok=True)
db = duckdb.connect()
db.execute("SET threads=2")
db.execute(
    f"""create table fees as
    select dossier_code, fee_id, amount_vnd, status, agency_code, declared_method
    from read_csv('{folder}/dossier_fees.csv', header=true, all_varchar=true)"""
)
db.execute(
    f"""create table txns as
    select provider_txn_id, coalesce(nullif(order_ref, ''), memo) ref, amount_vnd, status, kind
    from read_csv('{folder}/transactions_*.csv', header=true, all_varchar=true)"""
)
db.execute(
    """create table fee_sum as
    select dossier_code, sum(cast(amount_vnd as bigint)) due, any_value(fee_id) fee_id,
        any_value(status) status, any_value(agency_code) agency, count(*) n
    from fees group by 1"""
)
db.execute(
    """create table j as
    select f.*, t.provider_txn_id, t.ref, cast(t.amount_vnd as bigint) paid
    from fee_sum f full outer join
        (select * from txns where status = 'success' and kind = 'payment') t
        on f.dossier_code = t.ref"""
)
db.execute(
    f"""copy (
        select provider_txn_id, dossier_code, fee_id, paid from j
        where dossier_code is not null and provider_txn_id is not null and due = paid
        order by provider_txn_id
    ) to '{out}/links.csv' (header)"""
)
db.execute(
    f"""copy (
        select coalesce(provider_txn_id, fee_id) id,
            case when dossier_code is null then 'orphan'
                when provider_txn_id is null and status = 'paid' then 'missing_payment'
                when provider_txn_id is null then 'unpaid'
                when paid < due then 'underpaid'
                else 'overpaid' end class,
            coalesce(paid, due) amount
        from j
        where dossier_code is null or provider_txn_id is null or due <> paid
        order by id
    ) to '{out}/exceptions.csv' (header)"""
)
db.execute(
    f"""copy (
        select agency, sum(case when due = paid then 1 else 0 end) num, count(*) den
        from j where agency is not null group by 1 order by 1
    ) to '{out}/share.csv' (header)"""
)
