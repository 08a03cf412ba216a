-- The last entry of the book of closings.
SELECT seq, seal_wall FROM closing WHERE seq = (SELECT MAX(seq) FROM closing)
