-- The newest pull that read anything for each night, milliseconds since 1970.
SELECT night, MAX(pulled_ms_wall) AS ms FROM reading GROUP BY night
