-- Where every row stood in what told it.
SELECT side, source, id, dossier, told_by, sha256, name, line FROM origin
