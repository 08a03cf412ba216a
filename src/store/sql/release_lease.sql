-- Given back in good order.
UPDATE lease SET token = '' WHERE name = 'night' AND token = $1
