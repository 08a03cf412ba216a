-- The whole book of closings.
SELECT seq, period, action, run_id, says_wall, seal_wall FROM closing
