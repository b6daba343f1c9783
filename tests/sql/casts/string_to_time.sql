-- Texts to TIME.
SELECT x, TRY_CAST(x AS TIME) AS t FROM (VALUES ('12:34:56'), ('1:2:3'), ('12:34'), ('25:00:00'), ('12:34:56.789'), ('x')) AS t(x);
