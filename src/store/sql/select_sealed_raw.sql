-- Where the answers came from that the nights after $2 up to $1 read.
SELECT DISTINCT w.sha256, w.source, w.what, w.bytes, w.at_wall
FROM reading AS k CROSS JOIN raw AS w
WHERE k.night > $2 AND k.night <= $1
  AND w.sha256 = k.sha256 AND w.source = k.source AND w.what = k.what
