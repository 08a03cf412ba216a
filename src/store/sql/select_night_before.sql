-- The last night before $1 that was ever published; empty where there is none.
SELECT COALESCE(MAX(business_date), '') AS night FROM run WHERE business_date < $1
