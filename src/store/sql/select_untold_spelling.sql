-- A row when the transactions of older programs still wait for their spellings.
SELECT s.spelling FROM txn_spelling AS s WHERE s.spelling = ''
