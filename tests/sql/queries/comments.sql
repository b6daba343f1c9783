-- Comments anywhere.
SELECT /* block */ 1 AS a, -- line
  '--no comment' AS b, '/* nor this */' AS c;
