-- Writes what is there already: whether the database takes writes. It is rolled back.
UPDATE lease SET heartbeat_wall = heartbeat_wall
