-- What a night that was published again wrote as of later ones, so that what these had decided
-- stands: the next night reads it again.

CREATE INDEX row_state_kept ON row_state (until) WHERE substr(run_id, 1, 10) <> night;
CREATE INDEX contribution_kept ON contribution (until) WHERE substr(run_id, 1, 10) <> night;
