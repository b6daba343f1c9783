-- PARSE_URL.
SELECT u AS k,
  PARSE_URL(u, 'HOST') AS e0,
  PARSE_URL(u, 'PATH') AS e1,
  PARSE_URL(u, 'QUERY') AS e2,
  PARSE_URL(u, 'REF') AS e3,
  PARSE_URL(u, 'PROTOCOL') AS e4,
  PARSE_URL(u, 'FILE') AS e5,
  PARSE_URL(u, 'AUTHORITY') AS e6,
  PARSE_URL(u, 'USERINFO') AS e7,
  PARSE_URL(u, 'QUERY', 'k') AS e8,
  PARSE_URL(u, 'QUERY', 'b') AS e9,
  PARSE_URL(u, 'host') AS e10,
  PARSE_URL(u, 'HOST', 'k') AS e11,
  PARSE_URL(u, 'QUERY', 'x') AS e12
FROM (VALUES ('http://user:pw@example.com:8080/path/p.php?query=1&k=v#Ref'), ('https://example.com'), ('http://example.com?x=1'), ('nonsense'), (''), ('ftp://h/f?a&b=2&b=3'), ('http://h/p?k=&key=2'), ('HTTP://EXAMPLE.com/A'), (CAST(NULL AS STRING))) AS t(u);
