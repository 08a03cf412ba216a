-- Nights whose firm changes depend on the decisions of the night $1.
SELECT DISTINCT until FROM contribution WHERE night = $1 AND until <> '9999-12-31'
