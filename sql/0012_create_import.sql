-- An import: a file, what it would change, what it changed, and the way back.
CREATE TABLE IF NOT EXISTS import (
  import_id   INT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind        ENUM('places','gateways','buses','meters','accounts','tariffs') NOT NULL,
  file_name   VARCHAR(128) NOT NULL,
  file_digest BINARY(32) NOT NULL,
  mapping     VARCHAR(2000) NOT NULL DEFAULT '' COMMENT 'column of the file for each field',
  state       ENUM('uploaded','checking','checked','applying','applied','undone','failed') NOT NULL,
  created_by  INT UNSIGNED NULL,
  created_at  DATETIME(3) NOT NULL,
  ended_at    DATETIME(3) NULL,
  rows_total  INT UNSIGNED NOT NULL DEFAULT 0,
  rows_done   INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'progress of the running step',
  rows_new    INT UNSIGNED NOT NULL DEFAULT 0,
  rows_changed INT UNSIGNED NOT NULL DEFAULT 0,
  rows_same   INT UNSIGNED NOT NULL DEFAULT 0,
  rows_wrong  INT UNSIGNED NOT NULL DEFAULT 0,
  result      VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (import_id),
  KEY ix_import_created (created_at)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS import_row (
  import_id INT UNSIGNED NOT NULL,
  row_no    INT UNSIGNED NOT NULL COMMENT 'line of the file as a spreadsheet counts it',
  outcome   ENUM('new','changed','same','wrong') NOT NULL,
  object_id BIGINT NULL COMMENT 'of what was made or changed',
  faults    VARCHAR(1000) NOT NULL DEFAULT '' COMMENT 'column, key and values of each fault',
  cells     TEXT NOT NULL COMMENT 'as in the file, for the list of failed rows',
  changes   TEXT NOT NULL COMMENT 'field, old, new: shown before, and the way back after',
  PRIMARY KEY (import_id, row_no),
  KEY ix_import_row_outcome (import_id, outcome, row_no),
  CONSTRAINT fk_import_row_import FOREIGN KEY (import_id) REFERENCES import (import_id)
) ENGINE=InnoDB;
