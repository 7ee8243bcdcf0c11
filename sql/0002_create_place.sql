-- Where the meters hang and over which wire they are reached.
CREATE TABLE IF NOT EXISTS place (
  place_id   INT UNSIGNED NOT NULL AUTO_INCREMENT,
  parent_id  INT UNSIGNED NULL,
  kind       ENUM('site','building','floor','room') NOT NULL,
  name       VARCHAR(64) NOT NULL,
  initials   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL DEFAULT '' COMMENT 'pinyin initials, editable',
  sort_order INT NOT NULL DEFAULT 0,
  PRIMARY KEY (place_id),
  CONSTRAINT uq_place_name UNIQUE (parent_id, name),
  KEY ix_place_parent (parent_id, sort_order),
  CONSTRAINT fk_place_parent FOREIGN KEY (parent_id) REFERENCES place (place_id)
) ENGINE=InnoDB COMMENT='tree: site, building, floor, room';

CREATE TABLE IF NOT EXISTS gateway (
  gateway_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  name       VARCHAR(64) NOT NULL,
  place_id   INT UNSIGNED NULL,
  note       VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (gateway_id),
  CONSTRAINT uq_gateway_name UNIQUE (name),
  CONSTRAINT fk_gateway_place FOREIGN KEY (place_id) REFERENCES place (place_id)
) ENGINE=InnoDB COMMENT='communication manager or serial server, or the serial ports of the collector machine';

CREATE TABLE IF NOT EXISTS bus (
  bus_id               INT UNSIGNED NOT NULL AUTO_INCREMENT,
  gateway_id           INT UNSIGNED NOT NULL,
  name                 VARCHAR(64) NOT NULL,
  transport            ENUM('rtu','tcp','rtu_tcp') NOT NULL COMMENT 'serial port; Modbus TCP; RTU frames over TCP',
  host                 VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'numeric address: names may hang in a resolver',
  port                 SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  device               VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'serial port, by-id path',
  baud                 INT UNSIGNED NOT NULL DEFAULT 9600 COMMENT 'of the RS-485 line, also behind a serial server',
  parity               ENUM('N','E','O') NOT NULL DEFAULT 'N',
  stop_bits            TINYINT UNSIGNED NOT NULL DEFAULT 1,
  response_timeout_ms  INT UNSIGNED NOT NULL DEFAULT 1000 COMMENT 'whole answer',
  gap_ms               INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'pause before each request, on top of 3.5 characters',
  status_period_s      INT UNSIGNED NOT NULL DEFAULT 60 COMMENT '0: without pause',
  reading_period_s     INT UNSIGNED NOT NULL DEFAULT 1800 COMMENT 'aligned to midnight of the site; 0: every answer is a reading',
  disabled_at          DATETIME(3) NULL,
  PRIMARY KEY (bus_id),
  CONSTRAINT uq_bus_name UNIQUE (gateway_id, name),
  CONSTRAINT fk_bus_gateway FOREIGN KEY (gateway_id) REFERENCES gateway (gateway_id)
) ENGINE=InnoDB COMMENT='one RS-485 line or one TCP end point';

CREATE TABLE IF NOT EXISTS collector (
  collector_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  name         VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fence        BIGINT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'raised by whoever takes a bus away from it; every write of a collector checks it',
  started_at   DATETIME(3) NULL,
  seen_at      DATETIME(3) NULL,
  PRIMARY KEY (collector_id),
  CONSTRAINT uq_collector_name UNIQUE (name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS bus_lease (
  bus_id       INT UNSIGNED NOT NULL,
  collector_id INT UNSIGNED NULL COMMENT 'NULL: nobody',
  epoch        BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'raised with every change of owner',
  expires_at   DATETIME(3) NOT NULL,
  PRIMARY KEY (bus_id),
  KEY ix_bus_lease_collector (collector_id),
  CONSTRAINT fk_bus_lease_bus FOREIGN KEY (bus_id) REFERENCES bus (bus_id),
  CONSTRAINT fk_bus_lease_collector FOREIGN KEY (collector_id) REFERENCES collector (collector_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS meter_model (
  meter_model_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  code           VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'names the profile in collector/profiles',
  name           VARCHAR(64) NOT NULL,
  maker          VARCHAR(64) NOT NULL,
  has_credit     TINYINT(1) NOT NULL COMMENT 'counts credit down itself',
  has_relay      TINYINT(1) NOT NULL,
  PRIMARY KEY (meter_model_id),
  CONSTRAINT uq_meter_model_code UNIQUE (code)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS meter (
  meter_id       INT UNSIGNED NOT NULL AUTO_INCREMENT,
  number         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'maker''s number on the plate',
  name           VARCHAR(64) NOT NULL DEFAULT '' COMMENT 'for meters that serve no room: main meter floor 3',
  meter_model_id INT UNSIGNED NOT NULL,
  bus_id         INT UNSIGNED NOT NULL,
  unit           SMALLINT UNSIGNED NOT NULL COMMENT 'Modbus address 1…247; of a three-phase user the first of three',
  box_position   SMALLINT UNSIGNED NULL COMMENT 'loop in its box, 1…36',
  phases         TINYINT UNSIGNED NOT NULL DEFAULT 1,
  place_id       INT UNSIGNED NULL,
  ct_ratio       INT UNSIGNED NOT NULL DEFAULT 1,
  pt_ratio       INT UNSIGNED NOT NULL DEFAULT 1,
  rated_power_w  INT UNSIGNED NOT NULL DEFAULT 13200 COMMENT 'bound of what is plausible',
  credit_mode    ENUM('meter','server','monitor') NOT NULL DEFAULT 'meter',
  is_protected   TINYINT(1) NOT NULL DEFAULT 0 COMMENT 'lift, fire, pump: never tripped',
  alarm1_fen     BIGINT NULL COMMENT 'NULL: the default of settings',
  alarm2_fen     BIGINT NULL,
  installed_at   DATETIME(3) NOT NULL DEFAULT UTC_TIMESTAMP(3),
  removed_at     DATETIME(3) NULL,
  active_unit    SMALLINT UNSIGNED AS (IF(removed_at IS NULL, unit, NULL)) PERSISTENT COMMENT 'makes the address unique among living meters',
  PRIMARY KEY (meter_id),
  CONSTRAINT uq_meter_address UNIQUE (bus_id, active_unit),
  KEY ix_meter_number (number),
  KEY ix_meter_place (place_id),
  CONSTRAINT fk_meter_model FOREIGN KEY (meter_model_id) REFERENCES meter_model (meter_model_id),
  CONSTRAINT fk_meter_bus FOREIGN KEY (bus_id) REFERENCES bus (bus_id),
  CONSTRAINT fk_meter_place FOREIGN KEY (place_id) REFERENCES place (place_id)
) ENGINE=InnoDB;
