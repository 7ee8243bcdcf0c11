-- Orders to meters and buses: the web writes them, the collector carries them out and writes what came of it.
CREATE TABLE IF NOT EXISTS command_batch (
  command_batch_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind             VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_key      BINARY(16) NOT NULL COMMENT 'of the form: pressing twice is one batch',
  created_by       INT UNSIGNED NULL COMMENT 'operator; NULL: the system itself',
  created_at       DATETIME(3) NOT NULL,
  reason           VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (command_batch_id),
  CONSTRAINT uq_command_batch_key UNIQUE (request_key),
  KEY ix_command_batch_created (created_at)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS command (
  command_id       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  command_batch_id BIGINT UNSIGNED NOT NULL,
  kind             VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'name in lib/model/command.h',
  bus_id           INT UNSIGNED NOT NULL COMMENT 'on which bus it is carried out',
  meter_id         INT UNSIGNED NULL COMMENT 'NULL: an order to the bus (scan, test)',
  payload          VARCHAR(4000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'what shall be, see lib/model/command.h',
  state            ENUM('queued','taken','confirmed','failed','cancelled') NOT NULL DEFAULT 'queued',
  created_at       DATETIME(3) NOT NULL,
  not_before       DATETIME(3) NULL COMMENT 'not sent before',
  expires_at       DATETIME(3) NULL COMMENT 'not sent after; NULL: waits until the meter is back',
  taken_at         DATETIME(3) NULL,
  taken_epoch      BIGINT UNSIGNED NULL COMMENT 'of the bus lease under which it was taken',
  tried_at         DATETIME(3) NULL COMMENT 'when the last attempt ended without a result',
  retry_at         DATETIME(3) NULL COMMENT 'next attempt, or as soon as the meter answers again',
  cancel_at        DATETIME(3) NULL COMMENT 'a person asked what runs to stop',
  ended_at         DATETIME(3) NULL,
  step             SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'how far it came: parts confirmed of steps',
  steps            SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  attempts         SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  result           VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'a code and its values, words under T.Order.Result',
  PRIMARY KEY (command_id),
  KEY ix_command_batch (command_batch_id, command_id),
  KEY ix_command_open (bus_id, state, command_id),
  KEY ix_command_meter (meter_id, state, command_id),
  KEY ix_command_state (state, meter_id),
  CONSTRAINT fk_command_batch FOREIGN KEY (command_batch_id) REFERENCES command_batch (command_batch_id),
  CONSTRAINT fk_command_bus FOREIGN KEY (bus_id) REFERENCES bus (bus_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS command_attempt (
  command_id BIGINT UNSIGNED NOT NULL,
  attempt    SMALLINT UNSIGNED NOT NULL,
  began_at   DATETIME(3) NOT NULL,
  ended_at   DATETIME(3) NOT NULL,
  outcome    VARCHAR(200) NOT NULL,
  PRIMARY KEY (command_id, attempt),
  CONSTRAINT fk_command_attempt_command FOREIGN KEY (command_id) REFERENCES command (command_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS meter_config (
  meter_id INT UNSIGNED NOT NULL,
  part     VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'prices, alarms, overload, tou …',
  value    VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'as the meter said it, in the form of command.payload',
  read_at  DATETIME(3) NOT NULL,
  sent_at  DATETIME(3) NULL COMMENT 'a person had this part written and it was confirmed: from then on the server keeps it right',
  PRIMARY KEY (meter_id, part),
  CONSTRAINT fk_meter_config_meter FOREIGN KEY (meter_id) REFERENCES meter (meter_id)
) ENGINE=InnoDB COMMENT='what a meter holds, as read back from it';

CREATE TABLE IF NOT EXISTS bus_scan (
  command_id BIGINT UNSIGNED NOT NULL,
  unit       SMALLINT UNSIGNED NOT NULL,
  outcome    ENUM('answered','refused','silent','damaged') NOT NULL,
  model_code VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  number     VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  answer_ms  INT UNSIGNED NULL,
  PRIMARY KEY (command_id, unit),
  CONSTRAINT fk_bus_scan_command FOREIGN KEY (command_id) REFERENCES command (command_id)
) ENGINE=InnoDB;
