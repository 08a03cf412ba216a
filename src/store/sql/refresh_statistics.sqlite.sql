-- Statistics for the planner, where they are stale.
PRAGMA optimize
