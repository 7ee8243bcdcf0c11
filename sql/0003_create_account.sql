-- Who buys the electricity.
CREATE TABLE IF NOT EXISTS account (
  account_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  number     VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name       VARCHAR(64) NOT NULL COMMENT 'tenant',
  initials   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL DEFAULT '' COMMENT 'pinyin initials, editable',
  phone      VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  opened_at  DATETIME(3) NOT NULL,
  closed_at  DATETIME(3) NULL,
  PRIMARY KEY (account_id),
  CONSTRAINT uq_account_number UNIQUE (number),
  KEY ix_account_initials (initials)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS account_meter (
  meter_id   INT UNSIGNED NOT NULL,
  began_at   DATETIME(3) NOT NULL,
  account_id INT UNSIGNED NOT NULL,
  ended_at   DATETIME(3) NULL,
  active_meter INT UNSIGNED AS (IF(ended_at IS NULL, meter_id, NULL)) PERSISTENT COMMENT 'a meter serves one account at a time',
  PRIMARY KEY (meter_id, began_at),
  CONSTRAINT uq_account_meter_active UNIQUE (active_meter),
  KEY ix_account_meter_account (account_id),
  CONSTRAINT fk_account_meter_meter FOREIGN KEY (meter_id) REFERENCES meter (meter_id),
  CONSTRAINT fk_account_meter_account FOREIGN KEY (account_id) REFERENCES account (account_id)
) ENGINE=InnoDB;
