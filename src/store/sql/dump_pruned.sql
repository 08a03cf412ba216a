-- What was removed from the archive by rule.
SELECT sha256, before FROM pruned
