-- The run that stood for the night stands no longer.
UPDATE run SET state = 'superseded' WHERE business_date = $1 AND state = 'published'
