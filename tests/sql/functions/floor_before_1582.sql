-- Calcite rounds dates before 1582-10-15 by the Julian calendar.
CREATE TABLE types (
  id INT, dt DATE, ts3 TIMESTAMP(3)
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id AS k, FLOOR(dt TO DAY) AS floor_d_day, FLOOR(d TO DAY) AS floor_d_day, FLOOR(dt TO WEEK) AS floor_d_week, FLOOR(d TO WEEK) AS floor_d_week, FLOOR(dt TO MONTH) AS floor_d_month, FLOOR(d TO MONTH) AS floor_d_month, FLOOR(dt TO QUARTER) AS floor_d_quarter, FLOOR(d TO QUARTER) AS floor_d_quarter, FLOOR(dt TO YEAR) AS floor_d_year, FLOOR(d TO YEAR) AS floor_d_year, CEIL(dt TO DAY) AS ceil_d_day, CEIL(d TO DAY) AS ceil_d_day, CEIL(dt TO WEEK) AS ceil_d_week, CEIL(d TO WEEK) AS ceil_d_week, CEIL(dt TO MONTH) AS ceil_d_month, CEIL(d TO MONTH) AS ceil_d_month, CEIL(dt TO QUARTER) AS ceil_d_quarter, CEIL(d TO QUARTER) AS ceil_d_quarter, CEIL(dt TO YEAR) AS ceil_d_year, CEIL(d TO YEAR) AS ceil_d_year
FROM (SELECT id, dt, CAST(dt AS TIMESTAMP(3)) - INTERVAL '2000' MONTH(4) AS d FROM types WHERE id <> 4);
