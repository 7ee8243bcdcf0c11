-- What a kilowatt-hour costs. A version is edited as a draft and never again after it was published.
CREATE TABLE IF NOT EXISTS tariff (
  tariff_id   INT UNSIGNED NOT NULL AUTO_INCREMENT,
  name        VARCHAR(64) NOT NULL,
  note        VARCHAR(200) NOT NULL DEFAULT '',
  archived_at DATETIME(3) NULL COMMENT 'not offered any more',
  revision    INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (tariff_id),
  CONSTRAINT uq_tariff_name UNIQUE (name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS tariff_version (
  tariff_version_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  tariff_id         INT UNSIGNED NOT NULL,
  state             ENUM('draft','published','withdrawn') NOT NULL DEFAULT 'draft',
  valid_from        DATE NULL COMMENT 'business day of the site; NULL while a draft',
  tier_cycle        ENUM('none','month','year') NOT NULL DEFAULT 'none',
  tier_kind         ENUM('addition','price') NOT NULL DEFAULT 'addition',
  tier_from_month   TINYINT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'when the year of the steps begins',
  tier_from_day     TINYINT UNSIGNED NOT NULL DEFAULT 1,
  note              VARCHAR(200) NOT NULL DEFAULT '',
  created_by        INT UNSIGNED NULL,
  created_at        DATETIME(3) NOT NULL,
  published_by      INT UNSIGNED NULL,
  published_at      DATETIME(3) NULL,
  revision          INT UNSIGNED NOT NULL DEFAULT 0,
  active_from       DATE AS (IF(state = 'published', valid_from, NULL)) PERSISTENT,
  PRIMARY KEY (tariff_version_id),
  CONSTRAINT uq_tariff_version_from UNIQUE (tariff_id, active_from),
  CONSTRAINT fk_tariff_version_tariff FOREIGN KEY (tariff_id) REFERENCES tariff (tariff_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS tariff_season (
  tariff_version_id INT UNSIGNED NOT NULL,
  season            TINYINT UNSIGNED NOT NULL COMMENT '0…5; begins on its day and lasts until the next one',
  name              VARCHAR(32) NOT NULL DEFAULT '',
  from_month        TINYINT UNSIGNED NOT NULL,
  from_day          TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (tariff_version_id, season),
  CONSTRAINT fk_tariff_season_version FOREIGN KEY (tariff_version_id) REFERENCES tariff_version (tariff_version_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS tariff_slot (
  tariff_version_id INT UNSIGNED NOT NULL,
  season            TINYINT UNSIGNED NOT NULL,
  day_kind          ENUM('workday','weekend','holiday') NOT NULL COMMENT 'a kind without rows is as the workday',
  start_min         SMALLINT UNSIGNED NOT NULL COMMENT 'minute of the day, 0…1439; the first is 0',
  period            ENUM('sharp','peak','flat','valley','deep') NOT NULL,
  PRIMARY KEY (tariff_version_id, season, day_kind, start_min),
  CONSTRAINT fk_tariff_slot_version FOREIGN KEY (tariff_version_id) REFERENCES tariff_version (tariff_version_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS tariff_price (
  tariff_version_id INT UNSIGNED NOT NULL,
  component         TINYINT UNSIGNED NOT NULL COMMENT 'order on the receipt',
  name              VARCHAR(32) NOT NULL COMMENT 'grid, loss, service …: what the customer pays for',
  period            ENUM('sharp','peak','flat','valley','deep') NOT NULL,
  price_uyuan       BIGINT NOT NULL COMMENT 'micro-yuan per kWh',
  PRIMARY KEY (tariff_version_id, component, period),
  CONSTRAINT fk_tariff_price_version FOREIGN KEY (tariff_version_id) REFERENCES tariff_version (tariff_version_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS tariff_tier (
  tariff_version_id INT UNSIGNED NOT NULL,
  tier              TINYINT UNSIGNED NOT NULL COMMENT '1…; below the first the plain price holds',
  from_wh           BIGINT UNSIGNED NOT NULL COMMENT 'used in the cycle before it begins',
  period            ENUM('sharp','peak','flat','valley','deep') NOT NULL,
  price_uyuan       BIGINT NOT NULL COMMENT 'addition or price of its own, see tier_kind',
  PRIMARY KEY (tariff_version_id, tier, period),
  CONSTRAINT fk_tariff_tier_version FOREIGN KEY (tariff_version_id) REFERENCES tariff_version (tariff_version_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS holiday (
  day        DATE NOT NULL,
  kind       ENUM('holiday','workday') NOT NULL COMMENT 'workday: a weekend that is worked',
  name       VARCHAR(32) NOT NULL DEFAULT '',
  PRIMARY KEY (day)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS meter_tariff (
  meter_id    INT UNSIGNED NOT NULL,
  valid_from  DATE NOT NULL COMMENT 'business day of the site',
  tariff_id   INT UNSIGNED NULL COMMENT 'NULL: price_uyuan is a fixed price of this meter alone',
  price_uyuan BIGINT NULL,
  PRIMARY KEY (meter_id, valid_from),
  KEY ix_meter_tariff_tariff (tariff_id),
  CONSTRAINT fk_meter_tariff_meter FOREIGN KEY (meter_id) REFERENCES meter (meter_id),
  CONSTRAINT fk_meter_tariff_tariff FOREIGN KEY (tariff_id) REFERENCES tariff (tariff_id)
) ENGINE=InnoDB;
