-- People who work with the system, what they may do, and what they did.
CREATE TABLE IF NOT EXISTS setting (
  name       VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'such as site.time_zone',
  value      VARCHAR(1000) NOT NULL,
  changed_by INT UNSIGNED NULL COMMENT 'operator_id; NULL: set by the installation',
  changed_at DATETIME(3) NOT NULL DEFAULT UTC_TIMESTAMP(3),
  PRIMARY KEY (name)
) ENGINE=InnoDB COMMENT='settings of the business; those of a machine are in voltill.conf';

CREATE TABLE IF NOT EXISTS role (
  role_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  code    VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'admin, manager, cashier …; the word shown is T.Role.<code> or name',
  name    VARCHAR(64) NULL COMMENT 'only for roles made by the customer',
  PRIMARY KEY (role_id),
  CONSTRAINT uq_role_code UNIQUE (code)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS role_permission (
  role_id    INT UNSIGNED NOT NULL,
  permission VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'name in lib/model/permission.h',
  PRIMARY KEY (role_id, permission),
  CONSTRAINT fk_role_permission_role FOREIGN KEY (role_id) REFERENCES role (role_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS operator (
  operator_id         INT UNSIGNED NOT NULL AUTO_INCREMENT,
  username            VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'lower case ASCII, see operator_username',
  display_name        VARCHAR(64) NOT NULL,
  role_id             INT UNSIGNED NOT NULL,
  password_hash       VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'Argon2id; NULL: cannot sign in',
  password_changed_at DATETIME(3) NULL,
  must_change         TINYINT(1) NOT NULL DEFAULT 0 COMMENT 'a new password is asked at the next sign-in',
  language            VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'NULL: the browser decides',
  theme               ENUM('auto','light','dark') NOT NULL DEFAULT 'auto',
  created_at          DATETIME(3) NOT NULL DEFAULT UTC_TIMESTAMP(3),
  disabled_at         DATETIME(3) NULL,
  PRIMARY KEY (operator_id),
  CONSTRAINT uq_operator_username UNIQUE (username),
  CONSTRAINT fk_operator_role FOREIGN KEY (role_id) REFERENCES role (role_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS session (
  session_id   BINARY(32) NOT NULL COMMENT 'SHA-256 of the cookie value; the value itself is nowhere stored',
  public_id    BIGINT UNSIGNED NOT NULL COMMENT 'random; names the session in a form, opens nothing',
  operator_id  INT UNSIGNED NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  seen_at      DATETIME(3) NOT NULL COMMENT 'written at most once a minute',
  expires_at   DATETIME(3) NOT NULL COMMENT 'absolute end; the idle end follows from seen_at',
  confirmed_at DATETIME(3) NOT NULL COMMENT 'when the password was last given',
  address      VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_agent   VARCHAR(200) NOT NULL,
  ended_at     DATETIME(3) NULL,
  end_reason   ENUM('signed_out','ended','replaced','password','expired','disabled') NULL,
  PRIMARY KEY (session_id),
  CONSTRAINT uq_session_public UNIQUE (public_id),
  KEY ix_session_operator (operator_id, ended_at),
  KEY ix_session_expires (expires_at),
  CONSTRAINT fk_session_operator FOREIGN KEY (operator_id) REFERENCES operator (operator_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS login_attempt (
  kind          ENUM('account','address','pair') NOT NULL,
  subject       VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'user name, address, or both',
  failures      INT UNSIGNED NOT NULL,
  last_at       DATETIME(3) NOT NULL,
  blocked_until DATETIME(3) NULL,
  PRIMARY KEY (kind, subject),
  KEY ix_login_attempt_last (last_at)
) ENGINE=InnoDB COMMENT='failed sign-ins; a success forgives those of its account and address, a day of quiet all';

CREATE TABLE IF NOT EXISTS audit (
  audit_id     BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  at           DATETIME(3) NOT NULL,
  operator_id  INT UNSIGNED NULL COMMENT 'NULL: nobody was signed in, or a program acted',
  actor        VARCHAR(64) NOT NULL COMMENT 'user name as typed or program name, kept even if the operator is renamed',
  address      VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  action       VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'noun.verb, such as session.begin',
  outcome      ENUM('done','refused','failed') NOT NULL,
  object_kind  VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  object_id    BIGINT NULL,
  detail       VARCHAR(4000) NOT NULL DEFAULT '' COMMENT 'before -> after of changed fields only',
  reason       VARCHAR(500) NULL,
  PRIMARY KEY (audit_id),
  KEY ix_audit_at (at),
  KEY ix_audit_operator (operator_id, at),
  KEY ix_audit_object (object_kind, object_id, at)
) ENGINE=InnoDB COMMENT='append-only: grants and triggers refuse UPDATE and DELETE';
