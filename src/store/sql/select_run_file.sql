-- The published files of every run.
SELECT r.business_date, r.files_json FROM run AS r
