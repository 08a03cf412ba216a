-- Every spelling.
SELECT spelling, source, id FROM txn_spelling
