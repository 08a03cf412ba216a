-- The files that the pulls of the night $1 read, and when the first of them did.
SELECT f.source, f.sha256, f.name, f.kind, f.lines, f.day, f.night,
    CAST(MIN(r.pulled_ms_wall) AS BIGINT) AS read_ms
FROM export_file AS f CROSS JOIN reading AS r
WHERE f.night = $1
  AND r.night = f.night AND r.source = f.source AND r.sha256 = f.sha256 AND r.what = f.name
GROUP BY f.source, f.sha256, f.name, f.kind, f.lines, f.day, f.night
