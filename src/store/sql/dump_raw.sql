-- Where archived bytes came from.
SELECT sha256, source, what, bytes, at_wall FROM raw
