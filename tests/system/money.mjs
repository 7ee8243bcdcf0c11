// Accounts, sales and orders of money as the web writes them, and what came of them in meter and books.
import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { assert, Field, held, meterId, sleep, until } from './order.mjs';

export const START = { credit: 5000, count: 7 };
export const numberOf = (bus, unit) => `2024${String(bus).padStart(4, '0')}${String(unit).padStart(4, '0')}`;
const GUARDED = { adf300: 1, ddsy1352: 2, dtsy1352: 3 };

// Buses of meters that count credit, each with an account. A guard of null: nobody tested the model.
export async function moneyField(buses, { guard = 'checks', t, ...options }) {
  const field = await Field.start(buses.map((bus, i) => ({ units: 1, status: 2, number: (unit) => numberOf(i + 1, unit), shown: (unit) => numberOf(i + 1, unit), ...bus,
    extra: `${bus.load ?? 'scale=0'} credit_fen=${START.credit} count=${START.count} price_uyuan=1000000 guard=${bus.guard ?? guard ?? 'stores'}` })), { t, ...options });
  field.sql(`INSERT INTO operator (username, display_name, role_id) SELECT 'seller', 'Seller', role_id FROM role WHERE code = 'cashier'`);
  field.seller = field.number(`SELECT operator_id FROM operator WHERE username = 'seller'`);
  if (guard) tested(field, guard);
  return field;
}

export function tested(field, guard, model = 'ddsy1352') {
  field.sql(`REPLACE INTO model_guard (meter_model_id, guard, tested_at, meter_id, command_id) VALUES (${GUARDED[model]}, '${guard}', UTC_TIMESTAMP(3), 1, 1)`);
}

// An account with an epoch that begins with what the meter showed last.
export function openAccount(field, meter) {
  field.sql(`INSERT INTO account (number, name, opened_at) VALUES ('A${meter}', 'Shop ${meter}', UTC_TIMESTAMP(3));
    SET @account = LAST_INSERT_ID();
    INSERT INTO account_meter (meter_id, began_at, account_id) VALUES (${meter}, UTC_TIMESTAMP(3), @account);
    INSERT INTO meter_epoch (meter_id, account_id, cause, began_at, base_count, base_credit_fen, base_energy_wh, last_count, last_credit_fen, last_energy_wh, last_at, changed_at)
      SELECT meter_id, @account, 'opening', read_at, purchase_count, credit_fen, energy_wh, purchase_count, credit_fen, energy_wh, read_at, read_at FROM meter_state WHERE meter_id = ${meter};
    SET @epoch = LAST_INSERT_ID();
    INSERT INTO journal (kind, source_key, at, biz_day, account_id) VALUES ('opening', CONCAT('epoch:', @epoch), UTC_TIMESTAMP(3), UTC_DATE(), @account);
    SET @journal = LAST_INSERT_ID();
    INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen)
      SELECT @journal, 1, 'opening', @account, meter_id, credit_fen FROM meter_state WHERE meter_id = ${meter} AND credit_fen <> 0
      UNION ALL SELECT @journal, 2, 'credit', @account, meter_id, -credit_fen FROM meter_state WHERE meter_id = ${meter} AND credit_fen <> 0;
    INSERT INTO ledger_balance (account_id, meter_id, credit_fen) SELECT @account, meter_id, credit_fen FROM meter_state WHERE meter_id = ${meter}`);
}

let receipt = 0;

const KINDS = { credit: 'purchase', deduct: 'refund', clear: 'closing' };

// A document, booked, with its order: credit, deduct or clear. Gives the id of the command.
export function money(field, meter, fen, kind = 'credit') {
  const key = randomBytes(16).toString('hex');
  const sale = KINDS[kind];
  receipt += 1;
  const books = kind !== 'credit' ? '' : `
    INSERT INTO journal (kind, source_key, at, biz_day, sale_id, account_id) VALUES ('purchase', CONCAT('purchase:', @sale), UTC_TIMESTAMP(3), UTC_DATE(), @sale, @account);
    INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, channel, amount_fen) VALUES
      (LAST_INSERT_ID(), 1, 'cash', NULL, NULL, 'transfer', ${fen}), (LAST_INSERT_ID(), 2, 'transit', @account, ${meter}, NULL, -${fen});
    UPDATE ledger_balance SET transit_fen = transit_fen + ${fen} WHERE account_id = @account AND meter_id = ${meter};`;
  field.sql(`BEGIN;
    SELECT account_id, meter_epoch_id INTO @account, @epoch FROM meter_epoch WHERE active_meter = ${meter};
    INSERT INTO sale (kind, request_key, request_digest, series, operator_id, biz_day, receipt_seq, receipt_number, verify_code, account_id, meter_id, channel, amount_fen, credit_fen, state, created_at)
      VALUES ('${sale}', X'${key}', X'${key}${key}', 0, ${field.seller}, UTC_DATE(), ${receipt}, 'T${receipt}', X'0000000000000000', @account, ${meter}, 'transfer', ${fen}, ${fen}, 'booked', UTC_TIMESTAMP(3));
    SET @sale = LAST_INSERT_ID();${books}
    INSERT INTO command_batch (kind, request_key, created_at) VALUES ('${kind}', X'${key}', UTC_TIMESTAMP(3));
    SET @batch = LAST_INSERT_ID();
    INSERT INTO command (command_batch_id, kind, bus_id, meter_id, payload, created_at, steps) SELECT @batch, '${kind}', bus_id, meter_id, '', UTC_TIMESTAMP(3), 1 FROM meter WHERE meter_id = ${meter};
    INSERT INTO delivery (command_id, sale_id, leg, meter_id, meter_epoch_id, kind, amount_fen) VALUES (LAST_INSERT_ID(), @sale, 1, ${meter}, @epoch, '${kind}', ${kind === 'clear' ? 0 : fen});
    COMMIT;`);
  return field.number(`SELECT command_id FROM command JOIN command_batch USING (command_batch_id) WHERE request_key = X'${key}'`);
}

export const delivery = (field, id) => field.sql(`SELECT d.*, c.state AS command_state, c.result, c.attempts, s.state AS sale_state
  FROM delivery d JOIN command c USING (command_id) JOIN sale s USING (sale_id) WHERE d.command_id = ${id}`)[0];

export async function ended(field, ids, seconds = 30) {
  await until(`deliveries ${ids} ended`, () => field.number(`SELECT COUNT(*) FROM delivery WHERE command_id IN (${ids}) AND state IN ('queued', 'sent')`) === 0, seconds)
    .catch((error) => { throw new Error(`${error.message}: ${JSON.stringify([ids].flat().map((id) => delivery(field, id)))}\n${field.collector.log().slice(-2000)}`); });
  return [ids].flat().map((id) => delivery(field, id));
}

export async function done(field, ids, seconds) {
  const rows = await ended(field, ids, seconds);
  assert.deepEqual(rows.filter((row) => row.state !== 'done').map(({ state, outcome }) => ({ state, outcome })), []);
  return rows;
}

// What a meter really did.
export async function meterOf(field, bus, unit = 1) {
  const shown = await held(field, bus, unit, ['credit_fen', 'count', 'recharges', 'delivered_fen', 'writes']);
  return Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, Number(value)]));
}

// Those of money; that a meter runs low is another matter.
export const alarms = (field, meter) => field.sql(`SELECT kind, detail FROM alarm WHERE meter_id = ${meter} AND active_key IS NOT NULL
  AND kind NOT IN ('low_credit1', 'low_credit2', 'arrears') ORDER BY kind`);

// Rings as the web does after a commit. Perl is in every Debian; node speaks no datagrams to a unix socket.
export function ring(field) {
  execFileSync('perl', ['-MSocket', '-e', 'socket(S, PF_UNIX, SOCK_DGRAM, 0); send(S, "", 0, sockaddr_un($ARGV[0]))', path.join(field.conf.dir, 'doorbell.sock')]);
}

// What the books say is in a meter: base, delivered and taken out; nothing is used.
export async function assertBooks(field, bus, unit = 1) {
  const meter = meterId(bus.id, unit);
  const shown = await meterOf(field, bus, unit);
  const [epoch] = field.sql(`SELECT base_credit_fen, base_count, last_count, last_credit_fen, flight_count FROM meter_epoch WHERE active_meter = ${meter}`);
  const moved = field.number(`SELECT COALESCE(SUM(IF(kind = 'credit', amount_fen, -amount_fen)), 0) FROM delivery WHERE meter_id = ${meter} AND state = 'done'`);
  const count = field.number(`SELECT COUNT(*) FROM delivery WHERE meter_id = ${meter} AND state = 'done'`);
  assert.equal(epoch.flight_count, null);
  assert.equal(Number(epoch.last_count), Number(epoch.base_count) + count);
  assert.equal(shown.count, Number(epoch.last_count));
  assert.equal(shown.credit_fen, Number(epoch.base_credit_fen) + moved);
  assert.equal(field.number(`SELECT credit_fen FROM ledger_balance WHERE meter_id = ${meter}`), shown.credit_fen);
  assert.equal(field.number(`SELECT COALESCE(-SUM(amount_fen), 0) FROM posting WHERE ledger = 'credit' AND meter_id = ${meter}`), shown.credit_fen);
}

export { assert, held, meterId, sleep, until };
