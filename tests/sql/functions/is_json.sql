-- IS JSON.
SELECT j AS k,
  j IS JSON AS e0,
  j IS JSON VALUE AS e1,
  j IS JSON OBJECT AS e2,
  j IS JSON ARRAY AS e3,
  j IS JSON SCALAR AS e4,
  j IS NOT JSON AS e5,
  j IS NOT JSON OBJECT AS e6
FROM (VALUES ('{"a": 1}'), ('[1]'), ('"x"'), ('12'), ('true'), ('null'), (''), ('nonsense'), ('{a: 1}'), ('{''a'': 1}'), ('{"a": 1} tail'), (' [1] '), ('[1,]'), ('01'), ('"\u12"'), (CAST(NULL AS STRING))) AS t(j);
