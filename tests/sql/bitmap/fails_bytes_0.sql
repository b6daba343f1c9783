-- Bytes that are no set.
SELECT BITMAP_TO_STRING(BITMAP_FROM_BYTES(x)) AS s FROM (VALUES (X'00')) AS t(x);
