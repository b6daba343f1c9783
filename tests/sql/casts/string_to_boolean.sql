-- Which texts are booleans.
SELECT x, TRY_CAST(x AS BOOLEAN) AS b FROM (VALUES ('true'), ('TRUE'), ('t'), ('yes'), ('1'), ('0'), ('no'), ('off'), ('F'), (' true '), ('')) AS t(x);
