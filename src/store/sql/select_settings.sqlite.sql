-- What the connection really uses.
SELECT
    (SELECT journal_mode FROM pragma_journal_mode) AS journal_mode,
    (SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous) AS synchronous,
    (SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys) AS foreign_keys
