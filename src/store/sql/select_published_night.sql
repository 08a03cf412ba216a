-- Which run stands for which night.
SELECT business_date, run_id FROM run WHERE state = 'published' ORDER BY business_date
