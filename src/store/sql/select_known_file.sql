-- Files of the source read so far.
SELECT sha256 FROM export_file WHERE source = $1 ORDER BY sha256
