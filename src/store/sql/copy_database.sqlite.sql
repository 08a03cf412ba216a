-- A consistent copy into a new or empty file.
VACUUM INTO $1
