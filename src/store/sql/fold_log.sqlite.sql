-- Moves the write-ahead log into the file and empties it.
PRAGMA wal_checkpoint(TRUNCATE)
