-- MD5, SHA1, SHA2 over texts and NULL.
SELECT s AS k,
  MD5(s) AS e0,
  SHA1(s) AS e1,
  SHA224(s) AS e2,
  SHA256(s) AS e3,
  SHA384(s) AS e4,
  SHA512(s) AS e5,
  SHA2(s, 224) AS e6,
  SHA2(s, 256) AS e7,
  SHA2(s, 384) AS e8,
  SHA2(s, 512) AS e9
FROM (VALUES ('abc'), (''), ('여울'), (CAST(NULL AS STRING))) AS t(s);
