-- What pulls stored since the last publication that could seal it.
SELECT table_name, row_key, seal, night FROM staged
