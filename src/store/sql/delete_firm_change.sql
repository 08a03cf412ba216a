-- To be made again from the contributions.
DELETE FROM firm_change WHERE night = $1
