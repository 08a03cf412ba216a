-- Half months that the night $1 changed and in which nothing is left.
DELETE FROM firm_half
WHERE numerator = 0 AND denominator = 0
  AND half >= (SELECT substr(MIN(day || ''), 1, 8) || '01' FROM firm_change WHERE night = $1)
  AND half <= (SELECT MAX(day || '') FROM firm_change WHERE night = $1)
