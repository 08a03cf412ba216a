-- What lets every row be sealed by the night that read or changed it.

-- The night whose pull told the state last, so that its publication seals the row. Rows from before
-- this column stand under their own day.
ALTER TABLE feed_day ADD COLUMN night TEXT NOT NULL DEFAULT '';
UPDATE feed_day SET night = day;

CREATE INDEX feed_day_night ON feed_day (night);
CREATE INDEX fee_version_said ON fee_version (said_last);
CREATE INDEX order_version_said ON order_version (said_last);
CREATE INDEX receipt_version_said ON receipt_version (said_last);
