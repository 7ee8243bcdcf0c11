-- Rights: scope, limits, second factor; and the chain that makes the audit tamper-evident.
ALTER TABLE role
  ADD COLUMN IF NOT EXISTS sale_max_fen       BIGINT NULL COMMENT 'one sale; NULL: no limit',
  ADD COLUMN IF NOT EXISTS refund_day_max_fen BIGINT NULL COMMENT 'all refunds of a business day; NULL: no limit',
  ADD COLUMN IF NOT EXISTS batch_max_meters   INT UNSIGNED NULL COMMENT 'meters in one order; NULL: no limit',
  ADD COLUMN IF NOT EXISTS needs_totp         TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS revision           INT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE operator
  ADD COLUMN IF NOT EXISTS phone              VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS totp_secret        VARBINARY(64) NULL COMMENT 'encrypted; NULL: no second factor',
  ADD COLUMN IF NOT EXISTS totp_since         DATETIME(3) NULL,
  ADD COLUMN IF NOT EXISTS totp_step          BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'the last time step that was used: a code works once',
  ADD COLUMN IF NOT EXISTS revision           INT UNSIGNED NOT NULL DEFAULT 0;

ALTER TABLE session
  ADD COLUMN IF NOT EXISTS view_role_id       INT UNSIGNED NULL COMMENT 'sees the pages as this role does, and changes nothing',
  ADD COLUMN IF NOT EXISTS view_until         DATETIME(3) NULL;

CREATE TABLE IF NOT EXISTS operator_scope (
  operator_id INT UNSIGNED NOT NULL,
  place_id    INT UNSIGNED NOT NULL COMMENT 'a site or building; no row at all: everything',
  PRIMARY KEY (operator_id, place_id),
  CONSTRAINT fk_operator_scope_operator FOREIGN KEY (operator_id) REFERENCES operator (operator_id),
  CONSTRAINT fk_operator_scope_place FOREIGN KEY (place_id) REFERENCES place (place_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS operator_recovery (
  operator_id INT UNSIGNED NOT NULL,
  code_hash   BINARY(32) NOT NULL,
  used_at     DATETIME(3) NULL,
  PRIMARY KEY (operator_id, code_hash),
  CONSTRAINT fk_operator_recovery_operator FOREIGN KEY (operator_id) REFERENCES operator (operator_id)
) ENGINE=InnoDB COMMENT='one-time codes for who lost the second factor';

CREATE TABLE IF NOT EXISTS operator_password (
  operator_id   INT UNSIGNED NOT NULL,
  changed_at    DATETIME(3) NOT NULL,
  password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (operator_id, changed_at),
  CONSTRAINT fk_operator_password_operator FOREIGN KEY (operator_id) REFERENCES operator (operator_id)
) ENGINE=InnoDB COMMENT='the newest hashes of each operator: which passwords may not come back (setting password.history)';

CREATE TABLE IF NOT EXISTS site_image (
  kind       ENUM('logo') NOT NULL,
  type       ENUM('image/png','image/jpeg','image/webp') NOT NULL,
  width      SMALLINT UNSIGNED NOT NULL,
  height     SMALLINT UNSIGNED NOT NULL,
  digest     CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'also in setting site.logo: its version',
  bytes      MEDIUMBLOB NOT NULL,
  changed_by INT UNSIGNED NULL,
  changed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (kind)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS sign_in_step (
  step_id     BINARY(32) NOT NULL COMMENT 'SHA-256 of the cookie value',
  operator_id INT UNSIGNED NOT NULL,
  expires_at  DATETIME(3) NOT NULL,
  PRIMARY KEY (step_id),
  KEY ix_sign_in_step_expires (expires_at),
  CONSTRAINT fk_sign_in_step_operator FOREIGN KEY (operator_id) REFERENCES operator (operator_id)
) ENGINE=InnoDB COMMENT='who gave the right password and owes the second factor';

CREATE TABLE IF NOT EXISTS audit_seal (
  seq       BIGINT UNSIGNED NOT NULL COMMENT '1, 2, 3 … without a gap, in the order of sealing',
  audit_id  BIGINT UNSIGNED NOT NULL,
  digest    BINARY(32) NOT NULL COMMENT 'SHA-256 of the digest before and of the row',
  sealed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (seq),
  CONSTRAINT uq_audit_seal_audit UNIQUE (audit_id)
) ENGINE=InnoDB COMMENT='append-only chain over audit; written behind the deeds, so that they do not wait for each other';

INSERT IGNORE INTO role_permission (role_id, permission)
SELECT role_id, permission FROM role JOIN (
  SELECT 'admin' code, 'place.edit' permission UNION ALL SELECT 'admin', 'gateway.edit' UNION ALL SELECT 'admin', 'meter.edit'
  UNION ALL SELECT 'admin', 'meter.write' UNION ALL SELECT 'admin', 'import' UNION ALL SELECT 'admin', 'tariff.view'
  UNION ALL SELECT 'admin', 'tariff.edit' UNION ALL SELECT 'admin', 'operator.edit' UNION ALL SELECT 'admin', 'setting.edit'
  UNION ALL SELECT 'manager', 'place.edit' UNION ALL SELECT 'manager', 'gateway.edit' UNION ALL SELECT 'manager', 'meter.edit'
  UNION ALL SELECT 'manager', 'meter.write' UNION ALL SELECT 'manager', 'import' UNION ALL SELECT 'manager', 'tariff.view'
  UNION ALL SELECT 'manager', 'tariff.edit'
  UNION ALL SELECT 'cashier', 'tariff.view'
  UNION ALL SELECT 'finance', 'tariff.view'
  UNION ALL SELECT 'installer', 'place.edit' UNION ALL SELECT 'installer', 'gateway.edit' UNION ALL SELECT 'installer', 'meter.edit'
  UNION ALL SELECT 'installer', 'meter.write' UNION ALL SELECT 'installer', 'import'
  UNION ALL SELECT 'auditor', 'tariff.view' UNION ALL SELECT 'auditor', 'audit.view'
) AS basics USING (code);

INSERT INTO setting (name, value) VALUES ('session.confirm_min', '10') ON DUPLICATE KEY UPDATE name = VALUES(name);

ALTER TABLE audit ADD INDEX IF NOT EXISTS ix_audit_action (action, at);
