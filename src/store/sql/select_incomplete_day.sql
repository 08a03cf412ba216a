-- Days of the feed that did not come completely.
SELECT day FROM feed_day WHERE source = $1 AND state <> 'complete' ORDER BY day
