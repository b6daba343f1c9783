-- Staging: typed, checked, each departure once. What breaks a rule goes to the refused branch, with the rule.

CREATE TABLE staging_departures (
  `id`         STRING,
  `carrier`    STRING,
  `flight`     INT,
  `tailnum`    STRING,
  `origin`     STRING,
  `dest`       STRING,
  `distance`   INT,
  `sched_dep`  TIMESTAMP(3),
  `dep_time`   TIMESTAMP(3),
  `dep_delay`  INT,
  `cancelled`  BOOLEAN,
  `reported`   TIMESTAMP(3),
  WATERMARK FOR `sched_dep` AS `sched_dep` - INTERVAL '2' HOUR
) WITH (
  'connector' = 'kafka',
  'topic' = 'staging.airport.departures',
  'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.emit.strategy' = 'on-event',
  'format' = 'json'
);

CREATE TABLE refused_departures (
  `id`         STRING,
  `carrier`    STRING,
  `flight`     INT,
  `origin`     STRING,
  `dest`       STRING,
  `sched_dep`  TIMESTAMP(3),
  `dep_time`   TIMESTAMP(3),
  `dep_delay`  INT,
  `cancelled`  BOOLEAN,
  `reason`     STRING,
  `landed_at`  BIGINT
) WITH (
  'connector' = 'kafka',
  'topic' = 'failed.staging.airport.departures',
  'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE VIEW checked_departures AS
SELECT
  *,
  CASE
    WHEN `id` IS NULL THEN 'id is missing'
    WHEN `origin` IS NULL OR CHAR_LENGTH(`origin`) <> 3 THEN 'origin is not an airport code'
    WHEN `dest` IS NULL OR CHAR_LENGTH(`dest`) <> 3 THEN 'dest is not an airport code'
    WHEN `sched_dep` IS NULL THEN 'sched_dep is missing'
    WHEN `cancelled` IS NULL THEN 'cancelled is missing'
    WHEN NOT `cancelled` AND `dep_delay` IS NULL THEN 'dep_delay is missing though the flight left'
    WHEN `cancelled` AND `dep_time` IS NOT NULL THEN 'dep_time is given though the flight was cancelled'
  END AS `reason`
FROM landing_departures;

SET 'pipeline.name' = 'staging';

EXECUTE STATEMENT SET
BEGIN
  INSERT INTO staging_departures
  SELECT `id`, `carrier`, `flight`, `tailnum`, `origin`, `dest`, `distance`,
    `sched_dep`, `dep_time`, `dep_delay`, `cancelled`, `reported`
  FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY `id` ORDER BY `seen` ASC) AS `copy`
    FROM checked_departures
    WHERE `reason` IS NULL
  )
  WHERE `copy` = 1;

  INSERT INTO refused_departures
  SELECT `id`, `carrier`, `flight`, `origin`, `dest`, `sched_dep`, `dep_time`, `dep_delay`, `cancelled`, `reason`, `landed_at`
  FROM checked_departures
  WHERE `reason` IS NOT NULL;
END;
