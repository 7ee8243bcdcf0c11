-- Places, gateways, buses and meters are edited by people: revision lets a second editor be told.
ALTER TABLE place
  ADD COLUMN IF NOT EXISTS revision INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'raised by every save';
ALTER TABLE gateway
  ADD COLUMN IF NOT EXISTS revision INT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE bus
  ADD COLUMN IF NOT EXISTS revision INT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE meter
  ADD COLUMN IF NOT EXISTS revision         INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS overload_w       INT UNSIGNED NULL COMMENT 'trips above; NULL: the default of settings, 0: no limit',
  ADD COLUMN IF NOT EXISTS overdraft_fen    BIGINT NULL COMMENT 'credit below zero that is allowed; NULL: the default of settings',
  ADD COLUMN IF NOT EXISTS hold_mode        ENUM('default','never','always') NOT NULL DEFAULT 'default' COMMENT 'hold windows: nobody is cut off when nobody can pay',
  ADD COLUMN IF NOT EXISTS note             VARCHAR(200) NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS active_number    VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin AS (IF(removed_at IS NULL, number, NULL)) PERSISTENT COMMENT 'makes the number unique among living meters',
  ADD CONSTRAINT UNIQUE INDEX IF NOT EXISTS uq_meter_number (active_number);

CREATE TABLE IF NOT EXISTS meter_place (
  meter_id INT UNSIGNED NOT NULL,
  began_at DATETIME(3) NOT NULL,
  place_id INT UNSIGNED NULL,
  ended_at DATETIME(3) NULL,
  PRIMARY KEY (meter_id, began_at),
  KEY ix_meter_place_place (place_id),
  CONSTRAINT fk_meter_place_meter FOREIGN KEY (meter_id) REFERENCES meter (meter_id)
) ENGINE=InnoDB COMMENT='where a meter hung before; where it hangs now is meter.place_id';
