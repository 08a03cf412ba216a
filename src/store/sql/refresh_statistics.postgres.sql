-- Statistics for the planner, of tables in which a tenth of the rows changed since the last time:
-- the server does it too, but perhaps not before the next night.
DO LANGUAGE plpgsql '
DECLARE
    stale RECORD;
BEGIN
    FOR stale IN
        SELECT schemaname, relname
        FROM pg_stat_user_tables
        WHERE schemaname = current_schema()
          AND n_mod_since_analyze > 500 + n_live_tup / 10
    LOOP
        EXECUTE format(''ANALYZE %I.%I'', stale.schemaname, stale.relname);
    END LOOP;
END'
