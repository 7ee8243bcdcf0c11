// A building that buys: meters on simulated lines, an account for each, operators with open shifts, and a
// plain HTTP client that sells. What it was told is kept, to be compared with the ledger and the meters.
import { randomBytes } from 'node:crypto';
import { ctl, startProgram, startWeb } from '../harness/harness.mjs';
import { unlimit } from '../web/fastcgi.mjs';
import { change, fieldsOf, idOf, messages } from '../web/form.mjs';
import { assert, Field, meterId, sleep, until } from './field.mjs';
import { Session } from './session.mjs';

const MODEL_IDS = { adf300: 1, ddsy1352: 2, dtsy1352: 3 };
export const CREDIT_FEN = 5000; // what a meter holds before it is sold to

// Twelve digits, so that who answers is compared with who should.
export const plate = (bus, unit) => `2026${String(meterId(bus, unit)).padStart(8, '0')}`;
export const yuan = (fen) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;

// What a page that came back says is wrong, in a line.
export const complaint = (answer) => `${answer?.status} ${/<main[\s\S]*/.exec(answer?.text ?? '')?.[0].replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').slice(0, 400)}`;

export class Till {
  // One after the other: two that look for a port at once may find the same.
  static start(...wish) {
    Till.starting = (Till.starting ?? Promise.resolve()).catch(() => {}).then(() => Till.begin(...wish));
    return Till.starting;
  }

  // buses as in Field; guards: { model: 'checks' }, what the commissioning test is said to have found.
  // vacant: which meters nobody has.
  static async begin(buses, { t, guards = {}, overrides = {}, programs = ['login', 'sales'], vacant = () => false, mariaArgs } = {}) {
    const till = new Till();
    till.t = t;
    till.vacant = vacant;
    // Meters count nothing down by themselves here, so that the credit proves every fen.
    const described = buses.map((bus, i) => ({ number: (unit) => plate(i + 1, unit), shown: (unit) => plate(i + 1, unit), status: 30, reading: 1800, ...bus,
      extra: `scale=0 credit_fen=${CREDIT_FEN} count=3 ${bus.extra ?? ''}` }));
    till.field = await Field.start(described, { t, overrides: { 'web.workers': '4', ...overrides }, mariaArgs });
    till.history = [];
    till.session = new Session(till.field.maria.socket);
    t.after(() => till.session.end());
    till.occupy(guards);
    await till.field.collect();
    await till.field.fresh(undefined, '2000-01-01', 60);
    till.web = await startWeb(till.field.maria, till.field.conf, { t, programs });
    await unlimit(till.web);
    return till;
  }

  sql(text) { return this.field.sql(text); }
  one(text) { return this.field.one(text); }
  number(text) { return this.field.number(text); }
  get ids() { return this.field.ids(); }

  // A room and an account for each meter; the account has the meter's number.
  occupy(guards) {
    const ids = this.ids, taken = ids.filter((id) => !this.vacant(id));
    const rows = (make, of = ids) => of.map(make).join(',');
    this.sql(`INSERT INTO place (place_id, parent_id, kind, name) VALUES (1, NULL, 'site', '园区'), (2, 1, 'building', '1号楼'), (3, 2, 'floor', '1层');
      INSERT INTO place (place_id, parent_id, kind, name) VALUES ${rows((id) => `(${id}, 3, 'room', '${id}')`)};
      UPDATE meter SET place_id = meter_id;
      INSERT INTO account (account_id, number, name, phone, opened_at) VALUES ${rows((id) => `(${id}, 'K${id}', '租户${id}', '', UTC_TIMESTAMP(3) - INTERVAL 9 DAY)`, taken)};
      INSERT INTO account_meter (meter_id, began_at, account_id) VALUES ${rows((id) => `(${id}, UTC_TIMESTAMP(3) - INTERVAL 9 DAY, ${id})`, taken)};
      UPDATE role SET sale_max_fen = NULL, refund_day_max_fen = NULL, cash_max_fen = NULL;
      UPDATE setting SET value = '0' WHERE name = 'sale.duplicate_s';`);
    for (const [model, guard] of Object.entries(guards)) {
      this.sql(`INSERT INTO model_guard (meter_model_id, guard, tested_at, meter_id, command_id) VALUES (${MODEL_IDS[model]}, '${guard}', UTC_TIMESTAMP(3), ${ids[0]}, 0)`);
    }
  }

  // Somebody at the counter, with an open shift. Their own client.
  async operator(role = 'cashier', { shift = true } = {}) {
    // On a machine that is busy a connection may be closed before its request was made.
    const client = await until(`sign-in of a ${role}`, () => this.web.signedIn(role));
    client.operatorId = this.number(`SELECT operator_id FROM operator WHERE username = '${client.username}'`);
    if (shift) await this.openShift(client);
    return client;
  }

  async openShift(client, drawer = '100000.00') {
    const answer = await change(client, '/sales/shift', { drawer }, '/sales/shift');
    if (answer.status !== 303) throw new Error(`shift: ${answer.status} ${messages(answer.text)}`);
  }

  // The page that asks whether to sell: { action, fields, key }. Not sent yet.
  async askSale(client, meter, amountFen, more = {}) {
    const asked = await change(client, `/sales/sell/${meter}`, { amount: yuan(amountFen), channel: 'cash', ...more });
    if (asked.status !== 200) throw new Error(`sale to ${meter}: ${asked.status} ${messages(asked.text)}`);
    const action = `/sales/sell/${meter}/confirm`;
    const fields = fieldsOf(asked.text, action);
    return { client, action, fields: { ...fields, again: yuan(amountFen) }, meter, amountFen };
  }

  // Sends what askSale (or another asker) made. { outcome: ok, fail or unknown, sale, answer }.
  async send(asked) {
    let answer;
    try {
      answer = await asked.client.post(asked.action, { fields: asked.fields });
    } catch (error) {
      return { outcome: 'unknown', error };
    }
    if (answer.status === 303) return { outcome: 'ok', sale: idOf(answer), answer };
    return { outcome: answer.status >= 500 ? 'unknown' : 'fail', answer };
  }

  // Sells; what is unknown is sent again with the same key until it is known. The invocation, and how it
  // ended, stands in the history.
  async sell(client, meter, amountFen, { tries = 1, more } = {}) {
    const asked = await this.askSale(client, meter, amountFen, more);
    const entry = { meter, amountFen, key: asked.fields.key, outcome: 'unknown' };
    this.history.push(entry);
    for (let i = 0; i < tries && entry.outcome === 'unknown'; i++) {
      if (i > 0) await sleep(200 * i);
      Object.assign(entry, await this.send(asked));
    }
    return entry;
  }

  async sold(client, meter, amountFen, options) {
    const entry = await this.sell(client, meter, amountFen, options);
    if (entry.outcome !== 'ok') throw new Error(`sale to ${meter}: ${entry.outcome} ${entry.answer?.status} ${messages(entry.answer?.text ?? '')}`);
    return entry.sale;
  }

  // The form on `page` that posts to `action`, as it stands there, with `changes`.
  async ask(client, page, action, changes = {}, more = {}) {
    const shown = await client.get(page);
    if (shown.status !== 200) throw new Error(`${page}: ${shown.status} ${messages(shown.text)}`);
    return { client, action, fields: { ...fieldsOf(shown.text, action), ...changes }, ...more };
  }

  // amountFen 0: everything that is in the meter.
  askRefund(client, meter, amountFen) {
    const wish = new URLSearchParams({ account: meter, how: amountFen ? 'amount' : 'everything', amount: amountFen ? yuan(amountFen) : '', channel: 'cash', cause: 'agreed',
      reason: '', note: '' });
    return this.ask(client, `/sales/refund/${meter}/confirm?${wish}`, `/sales/refund/${meter}/confirm`, {}, { meter, amountFen });
  }

  askReversal(client, sale) {
    return this.ask(client, `/sales/${sale}/reverse`, `/sales/${sale}/reverse`, { cause: 'wrong_amount', reason: '' }, { sale });
  }

  askPay(client, sale) { return this.ask(client, `/sales/${sale}/pay`, `/sales/${sale}/pay`, {}, { sale }); }

  // yes: approve, or reject. The form is that of the yes; a page with no form any more is sent nothing.
  async askApproval(client, approval, yes = true) {
    const page = `/sales/approvals/${approval}`;
    const asked = await this.ask(client, page, `${page}/approve`, { note: '' }, { approval });
    return yes ? asked : { ...asked, action: `${page}/reject` };
  }

  // Asks for a form and sends it; what cannot be asked for any more has failed.
  async refund(client, meter, amountFen) { return this.send(await this.askRefund(client, meter, amountFen)); }
  async reverse(client, sale) {
    const asked = await this.askReversal(client, sale).catch((error) => ({ error }));
    return asked.error ? { outcome: 'fail', ...asked } : this.send(asked);
  }

  // What is held is looked at, and closed by two persons: one says what the meter shows, the other agrees. What was
  // not delivered is sent once more.
  async closeHeld([asker, approver], held) {
    for (const row of held) {
      const meter = Number(row.meter_id), shown = await this.shown(meter);
      const page = `/sales/held/${row.command_id}`;
      const asked = await this.ask(asker, page, page, { count: shown.count, credit: yuan(shown.credit_fen), energy: String(shown.energy_wh / 1000),
        verdict: shown.count === Number(row.want_count) ? 'delivered' : 'not_delivered', reason: 'seen' });
      const answer = await this.send(asked);
      if (answer.outcome !== 'ok') throw new Error(`held ${row.command_id}: ${complaint(answer.answer)}`);
      const approval = this.number(`SELECT approval_id FROM approval WHERE command_id = ${row.command_id} AND outcome IS NULL`);
      const agreed = await this.send(await this.askApproval(approver, approval));
      if (agreed.outcome !== 'ok') throw new Error(`held ${row.command_id} approved: ${complaint(agreed.answer)}`);
      if (asked.fields.verdict === 'delivered') continue;
      const resent = await this.send(await this.ask(asker, `/sales/${row.sale_id}/resend`, `/sales/${row.sale_id}/resend`));
      if (resent.outcome !== 'ok') throw new Error(`held ${row.command_id} sent again: ${complaint(resent.answer)}`);
    }
  }

  state(sale) { return this.session.one(`SELECT state FROM sale WHERE sale_id = ${sale}`); }

  async reaches(sale, state, seconds = 20) {
    const states = [state].flat();
    return until(`sale ${sale} to be ${states}`, async () => {
      const now = await this.state(sale);
      return states.includes(now) && now;
    }, seconds).catch((error) => { throw new Error(`${error.message} ${JSON.stringify(this.deliveries(`sale_id = ${sale}`))}`); });
  }

  deliveries(where) {
    return this.sql(`SELECT command_id, sale_id, leg, meter_id, kind, amount_fen, state, want_count, sends, before_fen, target_fen, after_count, after_fen, found_count, found_fen,
      outcome, resolved_as FROM delivery WHERE ${where} ORDER BY command_id`);
  }

  // Nothing is on its way any more: done, held, failed or cancelled.
  async quiet(seconds = 60, where = '1') {
    const open = () => this.session.one(`SELECT COUNT(*) FROM delivery WHERE state IN ('queued', 'sent') AND ${where}`);
    await until('all orders to have ended', async () => await open() === '0', seconds)
      .catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(this.deliveries(`state IN ('queued', 'sent') AND ${where}`).slice(0, 5))}`); });
  }

  busOf(meter) { return this.field.buses[Math.floor(meter / 1000) - 1]; }

  // A tenant goes to another meter, and his credit with him. The answer names the change.
  askMove(client, from, to) {
    const page = `/accounts/meters/${from}/move`;
    return this.ask(client, page, page, { new_meter: to, new_number: '', reason: 'moves' }, { meter: from, to });
  }

  // What is known to have happened: sent again with the same key until it is.
  async surely(asked) {
    for (let i = 0; ; i++) {
      const answer = await this.send(asked);
      if (answer.outcome !== 'unknown' || i === 5) return answer;
    }
  }

  // What the simulator says of a meter, as numbers.
  async shown(meter) {
    const text = await this.field.control(`get ${this.busOf(meter).name} ${meter % 1000} credit_fen count recharges delivered_fen refusals energy_wh`);
    return Object.fromEntries([...text.matchAll(/(\w+)=(-?\d+)/g)].map((match) => [match[1], Number(match[2])]));
  }

  // What the ledger says that each meter holds, and what it was given.
  booked() {
    const rows = this.sql(`SELECT m.meter_id, e.base_count, e.base_credit_fen, l.last_count,
        COALESCE(b.credit_fen, 0) AS credit_fen, COALESCE(b.transit_fen, 0) AS transit_fen,
        COALESCE(d.credits, 0) AS credits, COALESCE(d.credited_fen, 0) AS credited_fen, COALESCE(d.orders, 0) AS orders, COALESCE(d.taken_fen, 0) AS taken_fen
      FROM (SELECT meter_id, MIN(meter_epoch_id) AS first, MAX(meter_epoch_id) AS last FROM meter_epoch GROUP BY meter_id) m
      JOIN meter_epoch e ON e.meter_epoch_id = m.first JOIN meter_epoch l ON l.meter_epoch_id = m.last
      LEFT JOIN (SELECT meter_id, SUM(credit_fen) AS credit_fen, SUM(transit_fen) AS transit_fen FROM ledger_balance GROUP BY meter_id) b ON b.meter_id = m.meter_id
      LEFT JOIN (SELECT meter_id, COUNT(*) AS orders, SUM(kind = 'credit') AS credits, SUM(IF(kind = 'credit', amount_fen, 0)) AS credited_fen,
          SUM(IF(kind = 'credit', 0, amount_fen)) AS taken_fen FROM delivery WHERE state = 'done' GROUP BY meter_id) d ON d.meter_id = m.meter_id`);
    return new Map(rows.map((row) => [Number(row.meter_id), Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : Number(value)]))]));
  }

  // Meters whose figures are not those of the ledger, with both.
  async differences(ids = this.ids) {
    const booked = this.booked(), wrong = [];
    for (const id of ids) {
      const book = booked.get(id), shown = await this.shown(id);
      const expected = book
        ? { credit_fen: book.base_credit_fen + book.credited_fen - book.taken_fen, count: book.base_count + book.orders, recharges: book.credits, delivered_fen: book.credited_fen }
        : { credit_fen: CREDIT_FEN, count: 3, recharges: 0, delivered_fen: 0 };
      const fits = Object.entries(expected).every(([name, value]) => shown[name] === value)
        && (!book || (book.credit_fen === shown.credit_fen && book.transit_fen === 0 && book.last_count === shown.count));
      if (!fits) wrong.push({ meter: id, shown, expected, book, deliveries: this.deliveries(`meter_id = ${id}`) });
    }
    return wrong;
  }

  async assertEqual(ids) {
    assert.deepEqual(await this.differences(ids), [], 'meters and ledger');
  }

  // Every sale that was acknowledged is there once, with what was asked; none that was refused is.
  assertHistory() {
    const stored = new Map(this.sql('SELECT HEX(request_key) AS k, sale_id, meter_id, amount_fen FROM sale').map((row) => [row.k.toLowerCase(), row]));
    for (const entry of this.history) {
      const row = [...stored.values()].find((sale) => Number(sale.sale_id) === entry.sale);
      if (entry.outcome === 'ok') {
        assert.ok(row, `acknowledged and not there: ${JSON.stringify(entry)}`);
        assert.deepEqual([Number(row.meter_id), Number(row.amount_fen)], [entry.meter, entry.amountFen]);
      }
    }
    const ok = this.history.filter((entry) => entry.outcome === 'ok').map((entry) => entry.sale);
    assert.equal(new Set(ok).size, ok.length, 'two acknowledgements of one sale');
    return ok.length;
  }

  // What voltillctl check says; it is to be content.
  assertSound() {
    let text;
    try {
      text = ctl(this.field.conf, ['check']);
    } catch (error) {
      throw new Error(`voltillctl check: ${error.stdout}${error.stderr}`);
    }
    return text;
  }

  // A program again after it was killed.
  async again(name = 'sales', target = '/sales') {
    startProgram(this.web, name, { t: this.t });
    await until(`${name} again`, async () => (await this.web.client().get(target)).status < 500, 10);
  }
}

export { assert, change, fieldsOf, idOf, messages, meterId, randomBytes, sleep, until };
