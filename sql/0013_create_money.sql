-- Money: documents, the ledger behind them, the shifts of the counter, and how credit reaches the meters.

-- ---- the counter ----
CREATE TABLE IF NOT EXISTS shift (
  shift_id     INT UNSIGNED NOT NULL AUTO_INCREMENT,
  operator_id  INT UNSIGNED NOT NULL,
  opened_at    DATETIME(3) NOT NULL,
  biz_day      DATE NOT NULL COMMENT 'business day on which it was opened',
  float_fen    BIGINT NOT NULL COMMENT 'change that was in the drawer',
  closed_at    DATETIME(3) NULL,
  closed_by    INT UNSIGNED NULL COMMENT 'another person: a supervisor closed it',
  expected_fen BIGINT NULL COMMENT 'cash that should be there when it was closed',
  counted_fen  BIGINT NULL COMMENT 'cash that was counted',
  note         VARCHAR(200) NOT NULL DEFAULT '',
  active_operator INT UNSIGNED AS (IF(closed_at IS NULL, operator_id, NULL)) PERSISTENT COMMENT 'one open shift for a person',
  PRIMARY KEY (shift_id),
  CONSTRAINT uq_shift_active UNIQUE (active_operator),
  KEY ix_shift_operator (operator_id, opened_at),
  KEY ix_shift_day (biz_day),
  CONSTRAINT fk_shift_operator FOREIGN KEY (operator_id) REFERENCES operator (operator_id),
  CONSTRAINT ck_shift_float CHECK (float_fen >= 0)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS shift_count (
  shift_id         INT UNSIGNED NOT NULL,
  denomination_fen INT UNSIGNED NOT NULL,
  pieces           INT UNSIGNED NOT NULL,
  PRIMARY KEY (shift_id, denomination_fen),
  CONSTRAINT fk_shift_count_shift FOREIGN KEY (shift_id) REFERENCES shift (shift_id)
) ENGINE=InnoDB COMMENT='what was counted in the drawer when the shift was closed';

CREATE TABLE IF NOT EXISTS business_day (
  day       DATE NOT NULL,
  closed_at DATETIME(3) NULL COMMENT 'nothing is sold on it any more',
  closed_by INT UNSIGNED NULL,
  PRIMARY KEY (day)
) ENGINE=InnoDB COMMENT='made by the first sale of a day; who sells holds the row in share mode';

CREATE TABLE IF NOT EXISTS receipt_counter (
  series      SMALLINT UNSIGNED NOT NULL COMMENT 'setting ledger.series: raised by a restore, so that no printed number comes again',
  operator_id INT UNSIGNED NOT NULL,
  biz_day     DATE NOT NULL,
  last_seq    INT UNSIGNED NOT NULL,
  PRIMARY KEY (series, operator_id, biz_day)
) ENGINE=InnoDB COMMENT='gap-free: raised in the transaction of the document';

CREATE TABLE IF NOT EXISTS fee (
  fee_id      INT UNSIGNED NOT NULL AUTO_INCREMENT,
  name        VARCHAR(32) NOT NULL COMMENT 'stands on the receipt: property fee, line loss',
  kind        ENUM('fixed','permille') NOT NULL COMMENT 'fen of each purchase, or thousandths of what was paid',
  value       INT UNSIGNED NOT NULL,
  is_usual    TINYINT(1) NOT NULL DEFAULT 0 COMMENT 'ticked when a sale begins',
  archived_at DATETIME(3) NULL,
  revision    INT UNSIGNED NOT NULL DEFAULT 0,
  active_name VARCHAR(32) AS (IF(archived_at IS NULL, name, NULL)) PERSISTENT,
  PRIMARY KEY (fee_id),
  CONSTRAINT uq_fee_name UNIQUE (active_name)
) ENGINE=InnoDB COMMENT='named lines beside the energy: the law wants them apart from its price';

-- ---- documents ----
CREATE TABLE IF NOT EXISTS sale (
  sale_id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind             ENUM('purchase','refund','reversal','transfer','adjustment','closing') NOT NULL,
  request_key      BINARY(16) NOT NULL COMMENT 'of the form: pressing twice is one document',
  request_digest   BINARY(32) NOT NULL COMMENT 'SHA-256 of what was asked: the same key with another wish is refused',
  series           SMALLINT UNSIGNED NOT NULL,
  operator_id      INT UNSIGNED NOT NULL COMMENT 'who made it; the series of receipt numbers is his',
  biz_day          DATE NOT NULL COMMENT 'of the commit, in the zone of the site',
  receipt_seq      INT UNSIGNED NOT NULL,
  receipt_number   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'A20261201-003-0017',
  verify_code      BINARY(8) NOT NULL COMMENT 'random, in the QR code: tells a genuine receipt',
  shift_id         INT UNSIGNED NULL,
  account_id       INT UNSIGNED NOT NULL,
  meter_id         INT UNSIGNED NOT NULL,
  to_meter_id      INT UNSIGNED NULL COMMENT 'of a transfer',
  channel          ENUM('cash','transfer','pos','qr','none') NOT NULL COMMENT 'how money changes hands; none: it does not',
  amount_fen       BIGINT NOT NULL COMMENT 'money that changes hands; of a closing known when the meter was cleared',
  credit_fen       BIGINT NOT NULL COMMENT 'what the meter gets (purchase, adjustment > 0) or gives back (the others; adjustment < 0)',
  tendered_fen     BIGINT NULL COMMENT 'cash that was given; the rest was change',
  balance_fen      BIGINT NULL COMMENT 'what the meter showed when it was made, for the receipt',
  state            ENUM('asked','rejected','booked','delivered','held','cancelled','failed','due','paid') NOT NULL COMMENT 'see lib/model/sale.h',
  reverses_sale_id BIGINT UNSIGNED NULL,
  reason           VARCHAR(200) NOT NULL DEFAULT '',
  note             VARCHAR(200) NOT NULL DEFAULT '',
  approved_by      INT UNSIGNED NULL COMMENT 'the second person',
  approved_at      DATETIME(3) NULL,
  created_at       DATETIME(3) NOT NULL,
  settled_at       DATETIME(3) NULL COMMENT 'the meter confirmed, or it came to another end',
  paid_at          DATETIME(3) NULL COMMENT 'money was handed over',
  paid_by          INT UNSIGNED NULL,
  paid_shift_id    INT UNSIGNED NULL,
  active_reverses  BIGINT UNSIGNED AS (IF(state IN ('rejected','cancelled','failed'), NULL, reverses_sale_id)) PERSISTENT COMMENT 'a sale is reversed once',
  PRIMARY KEY (sale_id),
  CONSTRAINT uq_sale_key UNIQUE (request_key),
  CONSTRAINT uq_sale_receipt UNIQUE (series, operator_id, biz_day, receipt_seq),
  CONSTRAINT uq_sale_number UNIQUE (receipt_number),
  CONSTRAINT uq_sale_reverses UNIQUE (active_reverses),
  KEY ix_sale_verify (verify_code),
  KEY ix_sale_created (created_at),
  KEY ix_sale_operator (operator_id, created_at),
  KEY ix_sale_day (biz_day, sale_id),
  KEY ix_sale_account (account_id, sale_id),
  KEY ix_sale_meter (meter_id, sale_id),
  KEY ix_sale_shift (shift_id),
  KEY ix_sale_paid_shift (paid_shift_id),
  KEY ix_sale_state (state, sale_id),
  CONSTRAINT fk_sale_operator FOREIGN KEY (operator_id) REFERENCES operator (operator_id),
  CONSTRAINT fk_sale_account FOREIGN KEY (account_id) REFERENCES account (account_id),
  CONSTRAINT fk_sale_meter FOREIGN KEY (meter_id) REFERENCES meter (meter_id),
  CONSTRAINT fk_sale_shift FOREIGN KEY (shift_id) REFERENCES shift (shift_id),
  CONSTRAINT fk_sale_reverses FOREIGN KEY (reverses_sale_id) REFERENCES sale (sale_id),
  CONSTRAINT ck_sale_amount CHECK (amount_fen >= 0 AND amount_fen <= 9999999999),
  CONSTRAINT ck_sale_purchase CHECK (kind <> 'purchase' OR (amount_fen > 0 AND credit_fen > 0))
) ENGINE=InnoDB COMMENT='one row for each document with a receipt number; never deleted';

CREATE TABLE IF NOT EXISTS sale_line (
  sale_id    BIGINT UNSIGNED NOT NULL,
  line       TINYINT UNSIGNED NOT NULL,
  kind       ENUM('energy','fee') NOT NULL,
  name       VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'of a fee',
  amount_fen BIGINT NOT NULL,
  PRIMARY KEY (sale_id, line),
  CONSTRAINT fk_sale_line_sale FOREIGN KEY (sale_id) REFERENCES sale (sale_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS receipt_print (
  sale_id     BIGINT UNSIGNED NOT NULL,
  print       SMALLINT UNSIGNED NOT NULL COMMENT '1 the first; later ones are marked',
  printed_at  DATETIME(3) NOT NULL,
  operator_id INT UNSIGNED NOT NULL,
  paper       ENUM('form','a5','roll80','roll58') NOT NULL,
  PRIMARY KEY (sale_id, print),
  CONSTRAINT fk_receipt_print_sale FOREIGN KEY (sale_id) REFERENCES sale (sale_id)
) ENGINE=InnoDB;

-- ---- the ledger ----
CREATE TABLE IF NOT EXISTS journal (
  journal_id  BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind        VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'enum journal_kind in lib/model/ledger.h',
  source_key  VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what it books: purchase:17, delivery:33. A deed is booked once',
  at          DATETIME(3) NOT NULL,
  biz_day     DATE NOT NULL,
  sale_id     BIGINT UNSIGNED NULL,
  command_id  BIGINT UNSIGNED NULL,
  account_id  INT UNSIGNED NULL,
  operator_id INT UNSIGNED NULL COMMENT 'NULL: the system',
  shift_id    INT UNSIGNED NULL,
  PRIMARY KEY (journal_id),
  CONSTRAINT uq_journal_source UNIQUE (source_key),
  KEY ix_journal_day (biz_day, journal_id),
  KEY ix_journal_sale (sale_id),
  KEY ix_journal_command (command_id),
  KEY ix_journal_account (account_id, journal_id)
) ENGINE=InnoDB COMMENT='append-only: grants and triggers refuse UPDATE and DELETE';

CREATE TABLE IF NOT EXISTS posting (
  journal_id BIGINT UNSIGNED NOT NULL,
  line       TINYINT UNSIGNED NOT NULL,
  ledger     ENUM('cash','transit','credit','payable','revenue','fee','moving','suspense','metering','opening','over_short') NOT NULL COMMENT 'see lib/model/ledger.h',
  account_id INT UNSIGNED NULL,
  meter_id   INT UNSIGNED NULL,
  shift_id   INT UNSIGNED NULL,
  channel    ENUM('cash','transfer','pos','qr') NULL,
  name       VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'of a fee',
  amount_fen BIGINT NOT NULL COMMENT 'debit > 0, credit < 0',
  PRIMARY KEY (journal_id, line),
  KEY ix_posting_ledger (ledger, account_id, meter_id),
  KEY ix_posting_shift (shift_id),
  CONSTRAINT fk_posting_journal FOREIGN KEY (journal_id) REFERENCES journal (journal_id),
  CONSTRAINT ck_posting_amount CHECK (amount_fen <> 0)
) ENGINE=InnoDB COMMENT='append-only';

CREATE TABLE IF NOT EXISTS ledger_balance (
  account_id  INT UNSIGNED NOT NULL,
  meter_id    INT UNSIGNED NOT NULL,
  transit_fen BIGINT NOT NULL DEFAULT 0 COMMENT 'sold and not confirmed by the meter yet; what we owe the customer is > 0',
  credit_fen  BIGINT NOT NULL DEFAULT 0 COMMENT 'in the meter',
  payable_fen BIGINT NOT NULL DEFAULT 0 COMMENT 'given back by the meter and not handed over yet',
  PRIMARY KEY (account_id, meter_id)
) ENGINE=InnoDB COMMENT='sums of the postings of ledgers transit, credit and payable with the sign turned; written with them, proved by the check';

CREATE TABLE IF NOT EXISTS charge_day (
  day            DATE NOT NULL,
  meter_epoch_id INT UNSIGNED NOT NULL,
  meter_id       INT UNSIGNED NOT NULL,
  account_id     INT UNSIGNED NOT NULL,
  opening_fen    BIGINT NOT NULL,
  credited_fen   BIGINT NOT NULL COMMENT 'confirmed by the meter up to closing_count',
  deducted_fen   BIGINT NOT NULL,
  energy_wh      BIGINT NOT NULL,
  charge_fen     BIGINT NOT NULL COMMENT 'use at its price',
  difference_fen BIGINT NOT NULL COMMENT 'metering difference: closing as the meter says minus as we reckon',
  closing_fen    BIGINT NOT NULL,
  closing_at     DATETIME(3) NOT NULL COMMENT 'slot of the last reading of the day; before the day when it had none',
  closing_wh     BIGINT NOT NULL COMMENT 'what the register showed then',
  closing_count  INT UNSIGNED NULL COMMENT 'NULL: the meter counts no credit itself',
  carry_nano     BIGINT NOT NULL COMMENT 'what rounding left over, carried to the next day',
  unpriced_wh    BIGINT NOT NULL DEFAULT 0,
  doubtful       SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'intervals left out',
  month_day      DATE NULL COMMENT 'state of the steps at the end of the day',
  month_wh       BIGINT NOT NULL DEFAULT 0,
  year_day       DATE NULL,
  year_wh        BIGINT NOT NULL DEFAULT 0,
  journal_id     BIGINT UNSIGNED NULL COMMENT 'NULL: nothing to book',
  charged_at     DATETIME(3) NOT NULL,
  PRIMARY KEY (meter_epoch_id, day),
  KEY ix_charge_day_day (day),
  KEY ix_charge_day_account (account_id, day),
  KEY ix_charge_day_meter (meter_id, day),
  KEY ix_charge_day_journal (journal_id)
) ENGINE=InnoDB COMMENT='opening + credited - deducted - charge + difference = closing, and closing is the opening of the next';

-- ---- how credit reaches the meter ----
CREATE TABLE IF NOT EXISTS meter_epoch (
  meter_epoch_id  INT UNSIGNED NOT NULL AUTO_INCREMENT,
  meter_id        INT UNSIGNED NOT NULL,
  account_id      INT UNSIGNED NOT NULL,
  cause           ENUM('opening','adopted','replacement','move','reset') NOT NULL,
  began_at        DATETIME(3) NOT NULL,
  ended_at        DATETIME(3) NULL,
  base_count      INT UNSIGNED NOT NULL COMMENT 'purchase count, credit and energy that the meter showed at the beginning',
  base_credit_fen BIGINT NOT NULL,
  base_energy_wh  BIGINT NOT NULL,
  last_count      INT UNSIGNED NOT NULL COMMENT 'confirmed; the meter must show it while nothing is in flight',
  last_credit_fen BIGINT NOT NULL COMMENT 'what it showed then; credit falls from there until the next purchase',
  last_energy_wh  BIGINT NOT NULL,
  last_at         DATETIME(3) NOT NULL,
  flight_count    INT UNSIGNED NULL COMMENT 'an order for this count may be on its way',
  changed_at      DATETIME(3) NOT NULL COMMENT 'readings taken before prove nothing about the figures above',
  opened_by       INT UNSIGNED NULL,
  second_by       INT UNSIGNED NULL,
  active_meter    INT UNSIGNED AS (IF(ended_at IS NULL, meter_id, NULL)) PERSISTENT,
  PRIMARY KEY (meter_epoch_id),
  CONSTRAINT uq_meter_epoch_active UNIQUE (active_meter),
  KEY ix_meter_epoch_meter (meter_id, began_at),
  KEY ix_meter_epoch_account (account_id),
  KEY ix_meter_epoch_changed (changed_at),
  CONSTRAINT fk_meter_epoch_meter FOREIGN KEY (meter_id) REFERENCES meter (meter_id),
  CONSTRAINT fk_meter_epoch_account FOREIGN KEY (account_id) REFERENCES account (account_id)
) ENGINE=InnoDB COMMENT='a stretch in which purchase counts of a meter follow each other: one account, one meter, no reset';

ALTER TABLE command MODIFY state ENUM('queued','taken','confirmed','failed','cancelled','held') NOT NULL DEFAULT 'queued';

CREATE TABLE IF NOT EXISTS delivery (
  command_id     BIGINT UNSIGNED NOT NULL,
  sale_id        BIGINT UNSIGNED NOT NULL,
  leg            TINYINT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'of a transfer: 1 out of the old meter, 2 into the new one',
  meter_id       INT UNSIGNED NOT NULL,
  meter_epoch_id INT UNSIGNED NOT NULL,
  kind           ENUM('credit','deduct','clear') NOT NULL,
  amount_fen     BIGINT NOT NULL COMMENT 'of a clearing what was taken out (< 0: a debt); 0 until it is known',
  state          ENUM('queued','sent','done','held','failed','cancelled') NOT NULL DEFAULT 'queued' COMMENT 'sent: the intent is stored, a write may have gone out',
  want_count     INT UNSIGNED NULL COMMENT 'the purchase count it makes; given with the intent',
  intent_at      DATETIME(3) NULL,
  before_fen     BIGINT NULL COMMENT 'what the meter showed before',
  before_wh      BIGINT NULL,
  target_fen     BIGINT NULL COMMENT 'of deduct and clear: the credit that is written',
  sends          TINYINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'writes that may have gone out; raised and committed before each',
  sent_at        DATETIME(3) NULL COMMENT 'when the newest of them was allowed',
  after_count    INT UNSIGNED NULL,
  after_fen      BIGINT NULL,
  after_wh       BIGINT NULL,
  ended_at       DATETIME(3) NULL,
  outcome        VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'why it is held or failed: a code and its values, words under T.Delivery.Outcome',
  found_count    INT UNSIGNED NULL COMMENT 'what the meter showed when it was held',
  found_fen      BIGINT NULL,
  resolved_as    ENUM('delivered','not_delivered') NULL COMMENT 'what two persons found out about a held one',
  resolved_by    INT UNSIGNED NULL,
  resolved_at    DATETIME(3) NULL,
  active_leg     TINYINT UNSIGNED AS (IF(state IN ('failed','cancelled'), NULL, leg)) PERSISTENT COMMENT 'a document has one living order for each leg',
  active_count   INT UNSIGNED AS (IF(state IN ('sent','done','held'), want_count, NULL)) PERSISTENT COMMENT 'a count is made once',
  PRIMARY KEY (command_id),
  CONSTRAINT uq_delivery_leg UNIQUE (sale_id, active_leg),
  CONSTRAINT uq_delivery_count UNIQUE (meter_epoch_id, active_count),
  KEY ix_delivery_meter (meter_id, state),
  KEY ix_delivery_state (state),
  CONSTRAINT fk_delivery_command FOREIGN KEY (command_id) REFERENCES command (command_id),
  CONSTRAINT fk_delivery_sale FOREIGN KEY (sale_id) REFERENCES sale (sale_id),
  CONSTRAINT fk_delivery_epoch FOREIGN KEY (meter_epoch_id) REFERENCES meter_epoch (meter_epoch_id)
) ENGINE=InnoDB COMMENT='what a money command has to do and what it did; one row for each command of kinds credit, deduct, clear';

CREATE TABLE IF NOT EXISTS model_guard (
  meter_model_id INT UNSIGNED NOT NULL,
  guard          ENUM('checks','stores','adds') NOT NULL COMMENT 'checks: refuses any count but the next; stores: takes the count it is told; adds: counts itself',
  tested_at      DATETIME(3) NOT NULL,
  meter_id       INT UNSIGNED NOT NULL COMMENT 'which one was tested',
  command_id     BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (meter_model_id),
  CONSTRAINT fk_model_guard_model FOREIGN KEY (meter_model_id) REFERENCES meter_model (meter_model_id)
) ENGINE=InnoDB COMMENT='what the commissioning test found out; no row: unknown';

-- ---- asking a second person ----
CREATE TABLE IF NOT EXISTS approval (
  approval_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind        ENUM('refund','reversal','adjustment','held','explain','change','closing') NOT NULL,
  sale_id     BIGINT UNSIGNED NULL,
  command_id  BIGINT UNSIGNED NULL COMMENT 'a held delivery',
  meter_id    INT UNSIGNED NULL,
  meter_change_id BIGINT UNSIGNED NULL,
  payload     VARCHAR(500) NOT NULL DEFAULT '' COMMENT 'what is to be done, see lib/model/approval.h',
  amount_fen  BIGINT NULL,
  reason      VARCHAR(200) NOT NULL,
  asked_by    INT UNSIGNED NOT NULL,
  asked_at    DATETIME(3) NOT NULL,
  outcome     ENUM('approved','rejected','withdrawn') NULL,
  decided_by  INT UNSIGNED NULL,
  decided_at  DATETIME(3) NULL,
  note        VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'begins with # when it could not be done any more: a key of T.Error and its values',
  active_key  VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin
              AS (IF(outcome IS NULL, CONCAT(kind, ':', COALESCE(sale_id, command_id, meter_change_id, meter_id, 0)), NULL)) PERSISTENT
              COMMENT 'the same thing is asked for once at a time',
  PRIMARY KEY (approval_id),
  CONSTRAINT uq_approval_active UNIQUE (active_key),
  KEY ix_approval_open (outcome, approval_id),
  KEY ix_approval_sale (sale_id),
  KEY ix_approval_command (command_id),
  CONSTRAINT ck_approval_two CHECK (outcome IS NULL OR outcome <> 'approved' OR decided_by <> asked_by)
) ENGINE=InnoDB;

-- ---- accounts ----
ALTER TABLE account
  ADD COLUMN IF NOT EXISTS id_number      VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'identity card or credit code of the company; masked in lists',
  ADD COLUMN IF NOT EXISTS note           VARCHAR(200) NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS closing_at     DATETIME(3) NULL COMMENT 'the closing was begun; NULL: it was not, or was called off',
  ADD COLUMN IF NOT EXISTS closing_relay  ENUM('trip','keep') NULL COMMENT 'what becomes of the supply',
  ADD COLUMN IF NOT EXISTS closing_reason VARCHAR(200) NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS opened_by      INT UNSIGNED NULL,
  ADD COLUMN IF NOT EXISTS closed_by      INT UNSIGNED NULL,
  ADD INDEX IF NOT EXISTS ix_account_phone (phone),
  ADD INDEX IF NOT EXISTS ix_account_closing (closing_at);
ALTER TABLE account_meter
  ADD INDEX IF NOT EXISTS ix_account_meter_ended (ended_at);

CREATE TABLE IF NOT EXISTS account_draft (
  account_draft_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  operator_id      INT UNSIGNED NOT NULL,
  request_key      BINARY(16) NOT NULL COMMENT 'opening twice opens one account',
  created_at       DATETIME(3) NOT NULL,
  changed_at       DATETIME(3) NOT NULL,
  payload          VARCHAR(4000) NOT NULL DEFAULT '' COMMENT 'fields typed so far, see lib/model/account_draft.h',
  account_id       INT UNSIGNED NULL COMMENT 'what it became',
  PRIMARY KEY (account_draft_id),
  CONSTRAINT uq_account_draft_key UNIQUE (request_key),
  KEY ix_account_draft_operator (operator_id, changed_at),
  CONSTRAINT fk_account_draft_operator FOREIGN KEY (operator_id) REFERENCES operator (operator_id)
) ENGINE=InnoDB COMMENT='an opening that is under way';

CREATE TABLE IF NOT EXISTS meter_change (
  meter_change_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind            ENUM('replacement','move') NOT NULL COMMENT 'a new meter at the place; the tenant goes to another one',
  request_key     BINARY(16) NOT NULL,
  account_id      INT UNSIGNED NOT NULL,
  old_meter_id    INT UNSIGNED NOT NULL,
  new_meter_id    INT UNSIGNED NULL COMMENT 'NULL until the new meter is there',
  new_number      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'of a new meter that takes the address of the old one',
  state           ENUM('asked','clearing','cleared','crediting','done','held','cancelled') NOT NULL,
  is_manual       TINYINT(1) NOT NULL DEFAULT 0 COMMENT 'the old meter is dead: figures by two persons',
  old_wh          BIGINT NULL,
  old_fen         BIGINT NULL,
  new_wh          BIGINT NULL COMMENT 'where the register of the new meter began',
  sale_id         BIGINT UNSIGNED NULL COMMENT 'the transfer',
  reason          VARCHAR(200) NOT NULL DEFAULT '',
  began_at        DATETIME(3) NOT NULL,
  began_by        INT UNSIGNED NOT NULL,
  second_by       INT UNSIGNED NULL,
  ended_at        DATETIME(3) NULL,
  active_old      INT UNSIGNED AS (IF(state IN ('done','cancelled'), NULL, old_meter_id)) PERSISTENT,
  PRIMARY KEY (meter_change_id),
  CONSTRAINT uq_meter_change_key UNIQUE (request_key),
  CONSTRAINT uq_meter_change_active UNIQUE (active_old),
  KEY ix_meter_change_new (new_meter_id),
  KEY ix_meter_change_account (account_id),
  CONSTRAINT fk_meter_change_account FOREIGN KEY (account_id) REFERENCES account (account_id),
  CONSTRAINT fk_meter_change_old FOREIGN KEY (old_meter_id) REFERENCES meter (meter_id)
) ENGINE=InnoDB;

-- ---- the check ----
CREATE TABLE IF NOT EXISTS check_run (
  check_run_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  asked_by     INT UNSIGNED NULL COMMENT 'NULL: nightly, or the command line',
  asked_at     DATETIME(3) NOT NULL,
  began_at     DATETIME(3) NULL,
  ended_at     DATETIME(3) NULL,
  violations   INT UNSIGNED NULL,
  PRIMARY KEY (check_run_id),
  KEY ix_check_run_open (ended_at, check_run_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS check_result (
  check_run_id INT UNSIGNED NOT NULL,
  code         VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'I01 …',
  violations   INT UNSIGNED NOT NULL,
  took_ms      INT UNSIGNED NOT NULL,
  sample       VARCHAR(1000) NOT NULL DEFAULT '' COMMENT 'the first of what is off, a line each',
  PRIMARY KEY (check_run_id, code),
  CONSTRAINT fk_check_result_run FOREIGN KEY (check_run_id) REFERENCES check_run (check_run_id)
) ENGINE=InnoDB;

ALTER TABLE alarm MODIFY kind ENUM('meter_lost','bus_lost','implausible','model_mismatch','bus_noise','identity_mismatch',
  'count_mismatch','balance_drift','delivery_held','metering_difference','check_failed') NOT NULL;

ALTER TABLE role
  ADD COLUMN IF NOT EXISTS cash_max_fen   BIGINT NULL COMMENT 'cash in the drawer of a shift; NULL: no limit',
  ADD COLUMN IF NOT EXISTS second_max_fen BIGINT NULL COMMENT 'refunds and reversals above it need a second person; NULL: none does';

INSERT INTO setting (name, value) VALUES ('ledger.series', '0'), ('ledger.drift_fen', '100'), ('charge.difference_permille', '10'),
  ('charge.difference_fen', '100'), ('sale.duplicate_s', '120'), ('sale.hoard_fen', '9999999')
ON DUPLICATE KEY UPDATE name = VALUES(name);

INSERT IGNORE INTO role_permission (role_id, permission)
SELECT role_id, permission FROM role JOIN (
  SELECT 'manager' code, 'account.view' permission UNION ALL SELECT 'manager', 'account.edit' UNION ALL SELECT 'manager', 'sale.view'
  UNION ALL SELECT 'manager', 'sale.make' UNION ALL SELECT 'manager', 'refund' UNION ALL SELECT 'manager', 'approve'
  UNION ALL SELECT 'manager', 'adjust' UNION ALL SELECT 'manager', 'shift.all' UNION ALL SELECT 'manager', 'ledger.check' UNION ALL SELECT 'manager', 'fee.edit'
  UNION ALL SELECT 'cashier', 'account.view' UNION ALL SELECT 'cashier', 'account.edit' UNION ALL SELECT 'cashier', 'sale.view'
  UNION ALL SELECT 'cashier', 'sale.make' UNION ALL SELECT 'cashier', 'refund'
  UNION ALL SELECT 'finance', 'account.view' UNION ALL SELECT 'finance', 'sale.view' UNION ALL SELECT 'finance', 'approve'
  UNION ALL SELECT 'finance', 'shift.all' UNION ALL SELECT 'finance', 'ledger.check'
  UNION ALL SELECT 'admin', 'account.view' UNION ALL SELECT 'admin', 'sale.view' UNION ALL SELECT 'admin', 'ledger.check'
  UNION ALL SELECT 'installer', 'account.view'
  UNION ALL SELECT 'auditor', 'account.view' UNION ALL SELECT 'auditor', 'sale.view' UNION ALL SELECT 'auditor', 'ledger.check'
) AS money USING (code);
UPDATE role SET second_max_fen = 50000 WHERE code = 'cashier' AND second_max_fen IS NULL;
