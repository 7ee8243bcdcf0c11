-- Control: alarms that people answer, planned work, and what is ordered of many meters at once.

-- ---- alarms ----
ALTER TABLE alarm MODIFY kind ENUM('meter_lost','bus_lost','implausible','model_mismatch','bus_noise','identity_mismatch',
  'count_mismatch','balance_drift','delivery_held','metering_difference','check_failed',
  'low_credit1','low_credit2','arrears','overload','clock_drift','relay_disorder','gateway_lost','spool_growing','disk_low') NOT NULL;

CREATE TABLE IF NOT EXISTS maintenance (
  maintenance_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  request_key    BINARY(16) NOT NULL,
  place_id       INT UNSIGNED NOT NULL,
  begins_at      DATETIME(3) NOT NULL,
  ends_at        DATETIME(3) NOT NULL,
  reason         VARCHAR(200) NOT NULL,
  created_at     DATETIME(3) NOT NULL,
  created_by     INT UNSIGNED NOT NULL,
  cancelled_at   DATETIME(3) NULL,
  cancelled_by   INT UNSIGNED NULL,
  PRIMARY KEY (maintenance_id),
  CONSTRAINT uq_maintenance_key UNIQUE (request_key),
  KEY ix_maintenance_ends (ends_at),
  KEY ix_maintenance_place (place_id),
  CONSTRAINT fk_maintenance_operator FOREIGN KEY (created_by) REFERENCES operator (operator_id),
  CONSTRAINT ck_maintenance_span CHECK (begins_at < ends_at)
) ENGINE=InnoDB COMMENT='planned work: faults that begin within it are expected';

ALTER TABLE alarm
  ADD COLUMN IF NOT EXISTS gateway_id      INT UNSIGNED NULL COMMENT 'what it is about: one of meter, bus, gateway, collector, or nothing in particular' AFTER bus_id,
  ADD COLUMN IF NOT EXISTS collector_id    INT UNSIGNED NULL AFTER gateway_id,
  ADD COLUMN IF NOT EXISTS account_id      INT UNSIGNED NULL COMMENT 'whose meter it was when it began' AFTER collector_id,
  ADD COLUMN IF NOT EXISTS value           BIGINT NULL COMMENT 'what was found when it began, in the unit of the kind (fen, W, s, records, per mille)' AFTER detail,
  ADD COLUMN IF NOT EXISTS threshold       BIGINT NULL COMMENT 'beyond which it began, in the same unit' AFTER value,
  ADD COLUMN IF NOT EXISTS maintenance_id  INT UNSIGNED NULL COMMENT 'the planned work it began in, as long as that lasts',
  ADD COLUMN IF NOT EXISTS acknowledged_at DATETIME(3) NULL,
  ADD COLUMN IF NOT EXISTS acknowledged_by INT UNSIGNED NULL,
  ADD COLUMN IF NOT EXISTS note            VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'said when it was acknowledged',
  ADD COLUMN IF NOT EXISTS muted_until     DATETIME(3) NULL COMMENT 'nobody is reminded and it is not counted until then',
  ADD KEY IF NOT EXISTS ix_alarm_ended (ended_at, began_at),
  ADD KEY IF NOT EXISTS ix_alarm_parent (parent_id),
  MODIFY active_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin
             AS (IF(ended_at IS NULL, CONCAT(kind, ':', COALESCE(meter_id, 0), ':', COALESCE(bus_id, gateway_id, collector_id, 0)), NULL)) PERSISTENT
             COMMENT 'one running alarm of a kind for a thing';

CREATE TABLE IF NOT EXISTS alarm_note (
  alarm_note_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  alarm_id      BIGINT UNSIGNED NOT NULL,
  at            DATETIME(3) NOT NULL,
  operator_id   INT UNSIGNED NOT NULL,
  deed          ENUM('acknowledge','comment','mute','unmute') NOT NULL,
  until_at      DATETIME(3) NULL COMMENT 'of a mute',
  note          VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (alarm_note_id),
  KEY ix_alarm_note_alarm (alarm_id, alarm_note_id),
  CONSTRAINT fk_alarm_note_alarm FOREIGN KEY (alarm_id) REFERENCES alarm (alarm_id)
) ENGINE=InnoDB COMMENT='what people did with an alarm and said of it';

-- Warnings may follow the size of the purchases instead of a fixed amount.
ALTER TABLE account_meter
  ADD COLUMN IF NOT EXISTS last_purchase_fen BIGINT NULL COMMENT 'credit of the newest purchase that the meter confirmed';

INSERT INTO setting (name, value) VALUES ('alarm.credit_basis', 'amount'), ('alarm.credit1_percent', '20'), ('alarm.credit2_percent', '10')
ON DUPLICATE KEY UPDATE name = VALUES(name);

INSERT IGNORE INTO role_permission (role_id, permission)
SELECT role_id, 'alarm.ack' FROM role WHERE code IN ('admin', 'manager', 'installer', 'cashier');
-- ---- remote control ----
ALTER TABLE command
  ADD COLUMN IF NOT EXISTS until_at     DATETIME(3) NULL COMMENT 'of keep_on: when it ends by itself',
  ADD COLUMN IF NOT EXISTS force_before TINYINT UNSIGNED NULL COMMENT 'of trip, keep_on, prepaid: the force register when the batch was made',
  ADD COLUMN IF NOT EXISTS until_before DATETIME(3) NULL COMMENT 'of a meter that was kept on then: until when';

CREATE TABLE IF NOT EXISTS meter_keep (
  command_id BIGINT UNSIGNED NOT NULL COMMENT 'the order that keeps the meter on',
  meter_id   INT UNSIGNED NOT NULL,
  ends_at    DATETIME(3) NOT NULL,
  ended_at   DATETIME(3) NULL COMMENT 'it ended, or another order took its place',
  PRIMARY KEY (command_id),
  KEY ix_meter_keep_ends (ended_at, ends_at),
  KEY ix_meter_keep_meter (meter_id, command_id),
  CONSTRAINT fk_meter_keep_command FOREIGN KEY (command_id) REFERENCES command (command_id)
) ENGINE=InnoDB COMMENT='meters that are kept on for a time; the collector takes them back to prepaid';

INSERT IGNORE INTO role_permission (role_id, permission)
SELECT role_id, 'meter.control' FROM role WHERE code IN ('admin', 'manager', 'installer');
