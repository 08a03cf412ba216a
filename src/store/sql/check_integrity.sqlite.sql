-- One row that says ok, or a row a damage.
SELECT integrity_check FROM pragma_integrity_check
