-- What was written down stays as it is. The grants refuse it too; these stand behind them.
CREATE OR REPLACE TRIGGER audit_stays BEFORE UPDATE ON audit FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit: a row is never changed';
CREATE OR REPLACE TRIGGER audit_is_kept BEFORE DELETE ON audit FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit: a row is never deleted';
CREATE OR REPLACE TRIGGER audit_seal_stays BEFORE UPDATE ON audit_seal FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit_seal: a row is never changed';
CREATE OR REPLACE TRIGGER audit_seal_is_kept BEFORE DELETE ON audit_seal FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit_seal: a row is never deleted';

-- What was booked stays booked: it is put right by booking the other way round.
CREATE OR REPLACE TRIGGER journal_stays BEFORE UPDATE ON journal FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'journal: a row is never changed';
CREATE OR REPLACE TRIGGER journal_is_kept BEFORE DELETE ON journal FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'journal: a row is never deleted';
CREATE OR REPLACE TRIGGER posting_stays BEFORE UPDATE ON posting FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'posting: a row is never changed';
CREATE OR REPLACE TRIGGER posting_is_kept BEFORE DELETE ON posting FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'posting: a row is never deleted';
CREATE OR REPLACE TRIGGER sale_is_kept BEFORE DELETE ON sale FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'sale: a document is never deleted';
CREATE OR REPLACE TRIGGER sale_line_stays BEFORE UPDATE ON sale_line FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'sale_line: a row is never changed';
CREATE OR REPLACE TRIGGER sale_line_is_kept BEFORE DELETE ON sale_line FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'sale_line: a row is never deleted';
CREATE OR REPLACE TRIGGER receipt_print_is_kept BEFORE DELETE ON receipt_print FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'receipt_print: a row is never deleted';

-- A price that was in force is never edited: a published version keeps its rows, and goes only as a whole, by
-- being withdrawn.
CREATE OR REPLACE TRIGGER tariff_season_add BEFORE INSERT ON tariff_season FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = NEW.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_season_stay BEFORE UPDATE ON tariff_season FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = OLD.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_season_keep BEFORE DELETE ON tariff_season FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = OLD.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_slot_add BEFORE INSERT ON tariff_slot FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = NEW.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_slot_stay BEFORE UPDATE ON tariff_slot FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = OLD.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_slot_keep BEFORE DELETE ON tariff_slot FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = OLD.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_price_add BEFORE INSERT ON tariff_price FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = NEW.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_price_stay BEFORE UPDATE ON tariff_price FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = OLD.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_price_keep BEFORE DELETE ON tariff_price FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = OLD.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_tier_add BEFORE INSERT ON tariff_tier FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = NEW.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_tier_stay BEFORE UPDATE ON tariff_tier FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = OLD.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_tier_keep BEFORE DELETE ON tariff_tier FOR EACH ROW
  IF (SELECT state FROM tariff_version WHERE tariff_version_id = OLD.tariff_version_id) <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_version_stays BEFORE UPDATE ON tariff_version FOR EACH ROW
  IF OLD.state = 'withdrawn' OR (OLD.state = 'published' AND (NEW.state <> 'withdrawn' OR NEW.valid_from <> OLD.valid_from
     OR NEW.tariff_id <> OLD.tariff_id OR NEW.tier_cycle <> OLD.tier_cycle OR NEW.tier_kind <> OLD.tier_kind
     OR NEW.tier_from_month <> OLD.tier_from_month OR NEW.tier_from_day <> OLD.tier_from_day)) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: a published version is never changed'; END IF;
CREATE OR REPLACE TRIGGER tariff_version_is_kept BEFORE DELETE ON tariff_version FOR EACH ROW
  IF OLD.state <> 'draft' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tariff: only a draft is deleted'; END IF;
