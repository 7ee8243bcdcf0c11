-- What the meters said. Energy in watt-hours as the register shows it times the ratios, money in fen.
CREATE TABLE IF NOT EXISTS reading (
  meter_id       INT UNSIGNED NOT NULL,
  taken_at       DATETIME(3) NOT NULL COMMENT 'slot the reading stands for (:00, :30)',
  read_at        DATETIME(3) NOT NULL COMMENT 'when the answer came',
  energy_wh      BIGINT NOT NULL,
  sharp_wh       BIGINT NULL,
  peak_wh        BIGINT NULL,
  flat_wh        BIGINT NULL,
  valley_wh      BIGINT NULL,
  power_w        INT NULL,
  credit_fen     BIGINT NULL,
  purchase_count INT UNSIGNED NULL,
  quality        SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'bits of enum quality in lib/model/reading.h; 0 = good',
  PRIMARY KEY (meter_id, taken_at)
) ENGINE=InnoDB COMMENT='half-hourly; no foreign key: partitioned by month, see v_partition'
PARTITION BY RANGE COLUMNS (taken_at) (PARTITION pmax VALUES LESS THAN (MAXVALUE));

CREATE TABLE IF NOT EXISTS meter_state (
  meter_id       INT UNSIGNED NOT NULL,
  read_at        DATETIME(3) NOT NULL COMMENT 'when these values came from the meter',
  quality        SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  energy_wh      BIGINT NOT NULL,
  sharp_wh       BIGINT NULL,
  peak_wh        BIGINT NULL,
  flat_wh        BIGINT NULL,
  valley_wh      BIGINT NULL,
  credit_fen     BIGINT NULL,
  purchase_count INT UNSIGNED NULL,
  overload_count SMALLINT UNSIGNED NULL,
  overload_max   SMALLINT UNSIGNED NULL,
  relay_closed   TINYINT UNSIGNED NULL COMMENT 'bits L1 L2 L3',
  fee_state      TINYINT UNSIGNED NULL COMMENT 'bits 0-2 wants L1-3 closed, bit 3 control on (domain.md 1.4)',
  load_state     TINYINT UNSIGNED NULL COMMENT 'same bits',
  time_state     TINYINT UNSIGNED NULL COMMENT 'same bits',
  force_state    TINYINT UNSIGNED NULL COMMENT 'same bits',
  flags          SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'bits of enum meter_flag: fault, over-limit, arrears, alarm1, alarm2',
  voltage_a_dv   SMALLINT UNSIGNED NULL COMMENT '0.1 V',
  voltage_b_dv   SMALLINT UNSIGNED NULL,
  voltage_c_dv   SMALLINT UNSIGNED NULL,
  current_a_ma   INT NULL,
  current_b_ma   INT NULL,
  current_c_ma   INT NULL,
  power_w        INT NULL,
  power_a_w      INT NULL,
  power_b_w      INT NULL,
  power_c_w      INT NULL,
  reactive_var   INT NULL,
  power_factor   SMALLINT NULL COMMENT '0.001',
  demand_w       INT NULL COMMENT 'maximum demand',
  base_wh        BIGINT NULL COMMENT 'free energy allowance left',
  clock_at       DATETIME NULL COMMENT 'the meter''s own clock as UTC',
  PRIMARY KEY (meter_id),
  CONSTRAINT fk_meter_state_meter FOREIGN KEY (meter_id) REFERENCES meter (meter_id)
) ENGINE=InnoDB COMMENT='newest values of each meter, one row';

CREATE TABLE IF NOT EXISTS meter_link (
  meter_id   INT UNSIGNED NOT NULL,
  lost_since DATETIME(3) NULL COMMENT 'NULL: it answers',
  PRIMARY KEY (meter_id),
  CONSTRAINT fk_meter_link_meter FOREIGN KEY (meter_id) REFERENCES meter (meter_id)
) ENGINE=InnoDB COMMENT='whether a meter answers; changes rarely, apart from meter_state';

CREATE TABLE IF NOT EXISTS energy_day (
  day           DATE NOT NULL COMMENT 'business day in the site''s zone',
  meter_id      INT UNSIGNED NOT NULL,
  first_at      DATETIME(3) NOT NULL COMMENT 'slot of the first good reading of the day',
  first_wh      BIGINT NOT NULL,
  last_at       DATETIME(3) NOT NULL,
  last_wh       BIGINT NOT NULL,
  used_wh       BIGINT NOT NULL COMMENT 'sum of good intervals that end in this day; roll-over and replacement are already in it',
  sharp_wh      BIGINT NULL COMMENT 'used in each period',
  peak_wh       BIGINT NULL,
  flat_wh       BIGINT NULL,
  valley_wh     BIGINT NULL,
  max_power_w   INT NULL,
  max_power_at  DATETIME(3) NULL,
  readings      SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (day, meter_id),
  KEY ix_energy_day_meter (meter_id, day)
) ENGINE=InnoDB COMMENT='daily roll-up, written in the transaction of the readings';

CREATE TABLE IF NOT EXISTS poll_hour (
  meter_id   INT UNSIGNED NOT NULL,
  hour_at    DATETIME NOT NULL,
  asked      INT UNSIGNED NOT NULL,
  answered   INT UNSIGNED NOT NULL,
  timeouts   INT UNSIGNED NOT NULL,
  damaged    INT UNSIGNED NOT NULL COMMENT 'checksum, wrong unit, wrong length',
  refused    INT UNSIGNED NOT NULL COMMENT 'Modbus exceptions',
  answer_ms  BIGINT UNSIGNED NOT NULL COMMENT 'sum over the answered',
  PRIMARY KEY (meter_id, hour_at),
  KEY ix_poll_hour_hour (hour_at)
) ENGINE=InnoDB COMMENT='success of asking, per meter and hour; added up, kept for weeks';

CREATE TABLE IF NOT EXISTS bus_state (
  bus_id        INT UNSIGNED NOT NULL,
  seen_at       DATETIME(3) NOT NULL COMMENT 'when the collector last wrote this row',
  round_ms      INT UNSIGNED NULL COMMENT 'length of the last whole round',
  round_at      DATETIME(3) NULL COMMENT 'end of the last whole round',
  lost_since    DATETIME(3) NULL COMMENT 'no meter of the bus answers, or it cannot be opened',
  trouble       VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'last trouble as a code and its values, see enum trouble',
  meters        SMALLINT UNSIGNED NOT NULL,
  meters_lost   SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (bus_id),
  CONSTRAINT fk_bus_state_bus FOREIGN KEY (bus_id) REFERENCES bus (bus_id)
) ENGINE=InnoDB;
