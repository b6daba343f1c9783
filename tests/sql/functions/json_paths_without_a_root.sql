-- The root may be left out.
SELECT JSON_VALUE('{"a":{"b":1}}', 'a.b') AS a, JSON_VALUE('{"a":1}', 'lax a') AS b, JSON_QUERY('{"a":{"b":1}}', 'a') AS c, JSON_EXISTS('{"a":1}', 'b') AS d,
  JSON_VALUE('[1]', '[0]') AS e, JSON_VALUE('{"a":1}', '@.a') AS f;
