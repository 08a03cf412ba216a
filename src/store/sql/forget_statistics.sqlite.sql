-- No statistics for the planner: see `Store::tidy`.
DROP TABLE IF EXISTS sqlite_stat1
