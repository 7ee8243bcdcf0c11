-- An import: a file, what it would change, what it changed, and the way back.
CREATE TABLE IF NOT EXISTS import (
  import_id    INT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind         ENUM('places','gateways','buses','meters','accounts','tariffs') NOT NULL,
  file_name    VARCHAR(128) NOT NULL,
  file_digest  BINARY(32) NOT NULL,
  file_bytes   INT UNSIGNED NOT NULL DEFAULT 0,
  sheet        TINYINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of the workbook, from 1; 0: a text file',
  head         MEDIUMTEXT NOT NULL DEFAULT '' COMMENT 'names of the sheets, header and first rows',
  mapping      VARCHAR(2000) NOT NULL DEFAULT '' COMMENT 'column of the file for each field',
  mode         ENUM('all','valid') NOT NULL DEFAULT 'all' COMMENT 'all rows or none; or those that are right',
  state        ENUM('uploaded','checking','checked','applying','applied','undoing','undone','failed') NOT NULL,
  scope        VARCHAR(4000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'buildings of who brought it; empty: no limit',
  created_by   INT UNSIGNED NULL,
  created_at   DATETIME(3) NOT NULL,
  step_by      INT UNSIGNED NULL COMMENT 'who asked for the step that runs or ran last',
  step_actor   VARCHAR(64) NOT NULL DEFAULT '',
  step_address VARCHAR(46) NOT NULL DEFAULT '',
  ended_at     DATETIME(3) NULL,
  rows_total   INT UNSIGNED NOT NULL DEFAULT 0,
  rows_new     INT UNSIGNED NOT NULL DEFAULT 0,
  rows_changed INT UNSIGNED NOT NULL DEFAULT 0,
  rows_same    INT UNSIGNED NOT NULL DEFAULT 0,
  rows_wrong   INT UNSIGNED NOT NULL DEFAULT 0,
  plan_digest  BINARY(32) NULL COMMENT 'of what the check showed: only that is applied',
  result       VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'key and values of a message, with tabs between',
  PRIMARY KEY (import_id),
  KEY ix_import_created (created_at)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS import_file (
  import_id INT UNSIGNED NOT NULL,
  part_no   SMALLINT UNSIGNED NOT NULL,
  bytes     MEDIUMBLOB NOT NULL,
  PRIMARY KEY (import_id, part_no),
  CONSTRAINT fk_import_file_import FOREIGN KEY (import_id) REFERENCES import (import_id)
) ENGINE=InnoDB COMMENT='the file itself: any machine may work on it';

-- No key to import: the transaction of a step would hold its row while progress is written here.
CREATE TABLE IF NOT EXISTS import_job (
  import_id INT UNSIGNED NOT NULL,
  claim     BINARY(16) NULL COMMENT 'of the worker that has it; whoever takes it over writes another',
  beat_at   DATETIME(3) NOT NULL COMMENT 'the worker lives',
  tries     TINYINT UNSIGNED NOT NULL DEFAULT 0,
  rows_done INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (import_id)
) ENGINE=InnoDB COMMENT='steps that wait or run; a row goes with the end of its step';

CREATE TABLE IF NOT EXISTS import_row (
  import_id INT UNSIGNED NOT NULL,
  row_no    INT UNSIGNED NOT NULL COMMENT 'line of the file as a spreadsheet counts it',
  part_no   TINYINT UNSIGNED NOT NULL DEFAULT 9 COMMENT '9: the line; below: a place that was missing on its way',
  outcome   ENUM('new','changed','same','wrong') NOT NULL,
  label     VARCHAR(300) NOT NULL DEFAULT '' COMMENT 'what the line is about: a number, a path',
  object_id BIGINT NOT NULL DEFAULT 0 COMMENT 'of what was made or changed',
  revision  INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of the object after that',
  faults    VARCHAR(4000) NOT NULL DEFAULT '' COMMENT 'field, key and values of each fault',
  cells     TEXT NOT NULL COMMENT 'as in the file, for the list of failed rows',
  changes   TEXT NOT NULL COMMENT 'field, before, after',
  old_cells TEXT NOT NULL COMMENT 'what the fields of the line were before: the way back',
  obstacle  VARCHAR(300) NOT NULL DEFAULT '' COMMENT 'why it cannot be undone: key and values',
  PRIMARY KEY (import_id, row_no, part_no),
  KEY ix_import_row_outcome (import_id, outcome, row_no, part_no),
  CONSTRAINT fk_import_row_import FOREIGN KEY (import_id) REFERENCES import (import_id)
) ENGINE=InnoDB;

ALTER TABLE account
  ADD COLUMN IF NOT EXISTS revision INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'raised by every save';
