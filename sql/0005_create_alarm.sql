-- Alarms are states with a beginning and an end.
CREATE TABLE IF NOT EXISTS alarm (
  alarm_id   BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind       ENUM('meter_lost','bus_lost','implausible','model_mismatch','bus_noise') NOT NULL,
  meter_id   INT UNSIGNED NULL,
  bus_id     INT UNSIGNED NULL,
  parent_id  BIGINT UNSIGNED NULL COMMENT 'the alarm it is folded under: the lost bus of a lost meter',
  began_at   DATETIME(3) NOT NULL,
  ended_at   DATETIME(3) NULL,
  detail     VARCHAR(200) NOT NULL DEFAULT '',
  active_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin
             AS (IF(ended_at IS NULL, CONCAT(kind, ':', COALESCE(meter_id, 0), ':', COALESCE(bus_id, 0)), NULL)) PERSISTENT
             COMMENT 'one running alarm of a kind for a thing',
  PRIMARY KEY (alarm_id),
  CONSTRAINT uq_alarm_active UNIQUE (active_key),
  KEY ix_alarm_began (began_at),
  KEY ix_alarm_meter (meter_id, began_at)
) ENGINE=InnoDB;
