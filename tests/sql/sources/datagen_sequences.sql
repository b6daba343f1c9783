-- Sequences of each type: as many rows as the shortest has.
CREATE TABLE g (
  ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, s STRING, vc VARCHAR(5), bin VARBINARY(8)
) WITH ('connector' = 'datagen', 'rows-per-second' = '1000',
  'fields.ti.kind' = 'sequence', 'fields.ti.start' = '-3', 'fields.ti.end' = '3',
  'fields.si.kind' = 'sequence', 'fields.si.start' = '0', 'fields.si.end' = '100',
  'fields.i.kind' = 'sequence', 'fields.i.start' = '2147483640', 'fields.i.end' = '2147483647',
  'fields.bi.kind' = 'sequence', 'fields.bi.start' = '9223372036854775800', 'fields.bi.end' = '9223372036854775807',
  'fields.f.kind' = 'sequence', 'fields.f.start' = '1', 'fields.f.end' = '20',
  'fields.d.kind' = 'sequence', 'fields.d.start' = '1', 'fields.d.end' = '20',
  'fields.s.kind' = 'sequence', 'fields.s.start' = '8', 'fields.s.end' = '20',
  'fields.vc.kind' = 'sequence', 'fields.vc.start' = '98', 'fields.vc.end' = '120',
  'fields.bin.kind' = 'sequence', 'fields.bin.start' = '258', 'fields.bin.end' = '300');
SELECT * FROM g;
