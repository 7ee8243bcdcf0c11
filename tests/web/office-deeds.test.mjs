// Money back and the second person, through the pages: what is refused stores nothing, pressing twice is one
// document, nobody says yes to himself, and cash goes out once, out of an open drawer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, waitOutMidnight, writeConf } from '../harness/harness.mjs';
import { openPage, follow } from './browser.mjs';
import { A, B, estate } from './estate.mjs';
import { unlimit } from './fastcgi.mjs';
import { change, fieldsOf, messages } from './form.mjs';
import { sell } from './shop.mjs';

// What the estate holds up in building A; that of building B is 1000 further.
const HELD = A + 130, STOPPED = A + 2;

await waitOutMidnight();
const maria = await startMaria();
estate(maria);
// Meters that are free: 50 and 54 count their credit themselves and nobody carries orders to them here, 51 … are priced by the platform.
maria.sql(`SET time_zone='+00:00';
INSERT INTO place(place_id,parent_id,kind,name) SELECT 50+seq,3,'room',CONCAT('15',seq) FROM seq_0_to_4;
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id,credit_mode) SELECT 50+seq,CONCAT('20260000505',seq),meter_model_id,${A},50+seq,50+seq,IF(seq IN (0,4),'meter','server') FROM meter_model JOIN seq_0_to_4 WHERE code='adf300';
INSERT INTO account(account_id,number,name,opened_at) SELECT 50+seq,CONCAT('C',seq),CONCAT('商户',seq),'2026-01-01' FROM seq_0_to_4;
INSERT INTO account_meter(meter_id,began_at,account_id) SELECT 50+seq,'2026-01-01',50+seq FROM seq_0_to_4;
INSERT INTO meter_state(meter_id,read_at,energy_wh,credit_fen,purchase_count,quality,flags) SELECT 50+seq,UTC_TIMESTAMP(3),1000000,IF(seq IN (0,4),30000,0),IF(seq IN (0,4),4,0),0,0 FROM seq_0_to_4;
INSERT INTO meter_link(meter_id) SELECT 50+seq FROM seq_0_to_4;`);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const cashier = await web.signedIn('cashier'), manager = await web.signedIn('manager'), finance = await web.signedIn('finance');
maria.sql(`INSERT INTO operator_scope SELECT operator_id,1002 FROM operator WHERE username='${(await web.signedIn('manager')).username}'`);

const one = (text) => maria.one(text);
const count = (table, where = '1') => Number(one(`SELECT COUNT(*) FROM ${table} WHERE ${where}`));
const idOf = (client) => one(`SELECT operator_id FROM operator WHERE username='${client.username}'`);
const csrfOf = async (client) => fieldsOf((await client.get('/settings')).text, '/login/preferences').csrf;
const docOf = (answer) => Number(/^\/sales\/(\d+)$/.exec(answer.location ?? '')?.[1]);
// Everything that a refusal must leave alone.
const money = () => ['sale', 'journal', 'posting', 'command', 'delivery', 'approval', 'receipt_counter'].map((table) => count(table)).join() + one("SELECT COUNT(*) FROM audit WHERE outcome='done'");
const credit = (meter) => Number(one(`SELECT credit_fen FROM ledger_balance WHERE meter_id=${meter}`));

// Credit of a meter that the platform prices, put there by an adjustment of two persons.
async function adjust(meter, amount) {
  const answer = await change(manager, `/sales/adjust/${meter}`, { way: amount > 0 ? 'up' : 'down', amount: (Math.abs(amount) / 100).toFixed(2), cause: 'migration' });
  assert.equal(answer.status, 303);
  const id = one(`SELECT approval_id FROM approval WHERE sale_id=${docOf(answer)}`);
  assert.equal((await finance.submit(`/sales/approvals/${id}`, { note: '' }, { action: `/sales/approvals/${id}/approve` })).status, 303);
  return { sale: docOf(answer), approval: id };
}

const refund = (meter, fields) => `/sales/refund/${meter}/confirm?${new URLSearchParams({ account: meter, how: 'amount', channel: 'cash', cause: 'leaving', reason: '', note: '', ...fields })}`;
async function ask(client, meter, fields) {
  const shown = await client.get(refund(meter, fields));
  if (shown.status !== 200) return shown;
  return client.post(`/sales/refund/${meter}/confirm`, { fields: fieldsOf(shown.text, `/sales/refund/${meter}/confirm`) });
}

test('an adjustment always waits for a second person, who is somebody else', async () => {
  const before = money();
  for (const wrong of ['', '0', '-5', '1e3', '1,000', '0.001']) assert.equal((await change(manager, '/sales/adjust/51', { amount: wrong })).status, 422, wrong);
  assert.equal((await change(manager, '/sales/adjust/51', { amount: '5', cause: 'other', reason: ' ' })).status, 422, 'other needs a reason');
  assert.equal((await cashier.get('/sales/adjust/51')).status, 403);
  assert.equal(money(), before);
  const answer = await change(manager, '/sales/adjust/51', { way: 'up', amount: '1000', cause: 'migration', reason: '旧系统 <i>余额</i>' });
  assert.equal(answer.status, 303);
  const sale = docOf(answer), id = one(`SELECT approval_id FROM approval WHERE sale_id=${sale}`);
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${sale}`), 'asked');
  assert.equal(count('ledger_balance', 'meter_id=51 AND credit_fen<>0'), 0);
  const own = await manager.get(`/sales/approvals/${id}`);
  assert.match(own.text, /须由另一人复核/);
  assert.doesNotMatch(own.text, /approve"/);
  assert.match(own.text, /旧系统 &lt;i&gt;余额/);
  const refused = await manager.post(`/sales/approvals/${id}/approve`, { fields: { csrf: await csrfOf(manager), note: '' } });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /不能复核自己的申请/);
  assert.equal((await cashier.post(`/sales/approvals/${id}/approve`, { fields: { csrf: await csrfOf(cashier) } })).status, 403);
  assert.equal(one(`SELECT outcome FROM approval WHERE approval_id=${id}`), null);
  const fields = fieldsOf((await finance.get(`/sales/approvals/${id}`)).text, `/sales/approvals/${id}/approve`);
  const answers = await Promise.all(Array.from({ length: 6 }, () => finance.post(`/sales/approvals/${id}/approve`, { fields })));
  assert.deepEqual([...new Set(answers.map((a) => a.status))], [303]);
  assert.equal(credit(51), 100000);
  assert.equal(count('journal', `sale_id=${sale}`), 1);
  assert.equal(count('audit', "action='approval.approve'"), 1);
  assert.match((await manager.get(`/sales/approvals/${id}`)).text, /已通过/);
});

test('the password is asked again before a yes, and the answer is not lost', async () => {
  const answer = await change(manager, '/sales/adjust/51', { way: 'down', amount: '1', cause: 'meter' });
  const id = one(`SELECT approval_id FROM approval WHERE sale_id=${docOf(answer)}`);
  maria.sql(`UPDATE session SET confirmed_at=UTC_TIMESTAMP(3)-INTERVAL 1 DAY WHERE operator_id=${idOf(finance)}`);
  const fields = { ...fieldsOf((await finance.get(`/sales/approvals/${id}`)).text, `/sales/approvals/${id}/approve`), note: '同意' };
  const asked = await finance.post(`/sales/approvals/${id}/approve`, { fields });
  assert.equal(asked.status, 403);
  assert.match(asked.text, /name="keep\.note" value="同意"/);
  assert.equal(one(`SELECT outcome FROM approval WHERE approval_id=${id}`), null);
  maria.sql(`UPDATE session SET confirmed_at=UTC_TIMESTAMP(3) WHERE operator_id=${idOf(finance)}`);
  // No needs a reason; who asked takes it back without.
  const rejected = await finance.post(`/sales/approvals/${id}/reject`, { fields: { csrf: fields.csrf, note: '' } });
  assert.equal(rejected.status, 422);
  assert.match(messages(rejected.text)[0], /^note: /);
  assert.equal((await manager.submit(`/sales/approvals/${id}`, {}, { action: `/sales/approvals/${id}/reject` })).status, 303);
  assert.equal(one(`SELECT outcome FROM approval WHERE approval_id=${id}`), 'withdrawn');
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${docOf(answer)}`), 'rejected');
  assert.equal(credit(51), 100000);
  assert.equal((await finance.post(`/sales/approvals/${id}/approve`, { fields })).status, 303, 'over');
  assert.equal(credit(51), 100000);
});

test('refund: what is refused, with which words, and that nothing is stored', async () => {
  await adjust(52, 20000);
  const before = money();
  for (const wrong of ['', '0', '0.00', '-1', '+1', '1e3', '0x10', '1.', '.5', '01', '1,000', '0.001', 'NaN', '１', '200.01', '999999.99']) {
    const answer = await cashier.get(refund(52, { amount: wrong }));
    assert.equal(answer.status, 422, wrong);
    assert.match(messages(answer.text).join(), /amount: /, wrong);
  }
  assert.equal((await cashier.get(refund(52, { amount: '1', cause: 'other' }))).status, 422);
  assert.equal((await cashier.get(refund(52, { amount: '1', channel: 'none' }))).status, 422);
  assert.equal((await cashier.get(refund(52, { amount: '1', how: 'half' }))).status, 422);
  assert.match((await cashier.get('/sales/refund/52')).text, /还没有开班/);
  const answer = await ask(cashier, 52, { amount: '10' });
  assert.equal(answer.status, 422, 'no shift');
  assert.match(answer.text, /开班/);
  assert.equal((await cashier.get(`/sales/refund/${A + 1}`)).status, 404, 'a meter that only measures');
  assert.equal((await finance.get('/sales/refund/52')).status, 403);
  assert.equal(money(), before);
});

test('refund: the key belongs to the form, and pressing twice is one document', async () => {
  assert.equal((await change(cashier, '/sales/shift', { drawer: '100' })).status, 303);
  const path = '/sales/refund/52/confirm';
  const shown = await cashier.get(refund(52, { amount: '50', note: '<b>' }));
  for (const words of [/先从电表扣减/, /¥200\.00 → ¥150\.00/]) assert.match(shown.text, words);
  const fields = fieldsOf(shown.text, path);
  const before = money();
  assert.equal((await cashier.post(path, { fields: { ...fields, key: '' } })).status, 400);
  assert.equal((await cashier.post(path, { fields: { ...fields, key: 'ab'.repeat(16) } })).status, 403);
  const other = fieldsOf((await cashier.get(refund(51, { amount: '50' }))).text, '/sales/refund/51/confirm');
  assert.equal((await cashier.post(path, { fields: { ...fields, key: other.key } })).status, 403, 'the key of another meter');
  assert.equal(money(), before);
  const answers = await Promise.all(Array.from({ length: 16 }, () => cashier.post(path, { fields })));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [303]);
  assert.equal(new Set(answers.map((answer) => answer.location)).size, 1);
  const sale = docOf(answers[0]);
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${sale}`), 'due');
  assert.equal(credit(52), 15000);
  const reused = await cashier.post(path, { fields: { ...fields, amount: '60' } });
  assert.equal(reused.status, 422);
  assert.equal(credit(52), 15000);
  // Handing it over: asked first, once, out of the drawer.
  assert.match((await cashier.get(`/sales/${sale}/pay`)).text, /¥50\.00/);
  const pay = fieldsOf((await cashier.get(`/sales/${sale}/pay`)).text, `/sales/${sale}/pay`);
  const paid = await Promise.all(Array.from({ length: 8 }, () => cashier.post(`/sales/${sale}/pay`, { fields: pay })));
  assert.deepEqual([...new Set(paid.map((answer) => answer.status))], [303]);
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${sale}`), 'paid');
  assert.equal(count('journal', `sale_id=${sale} AND kind='payout'`), 1);
  assert.equal(count('audit', "action='sale.pay'"), 1);
  assert.match((await cashier.get('/sales/shift')).text, /¥50\.00/);
  assert.match((await cashier.get(`/sales/${sale}/pay`)).text, /现在不能付款/);
});

test('paying needs a drawer with so much in it', async () => {
  const answer = await ask(cashier, 52, { amount: '90' });
  const sale = docOf(answer);
  const pay = fieldsOf((await cashier.get(`/sales/${sale}/pay`)).text, `/sales/${sale}/pay`);
  const short = await cashier.post(`/sales/${sale}/pay`, { fields: pay });
  assert.equal(short.status, 422);
  assert.match(short.text, /钱箱内只有 ¥?50\.00/);
  assert.equal((await finance.post(`/sales/${sale}/pay`, { fields: { csrf: await csrfOf(finance) } })).status, 403);
  const none = await manager.post(`/sales/${sale}/pay`, { fields: { csrf: await csrfOf(manager) } });
  assert.equal(none.status, 422, 'the manager has no shift');
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${sale}`), 'due');
});

test('above the limit of the role a refund waits; who asked may take it back', async () => {
  await adjust(53, 200000);
  const shown = await cashier.get(refund(53, { amount: '500.01' }));
  assert.match(shown.text, /提交复核，退电/);
  const before = credit(53);
  const answer = await ask(cashier, 53, { amount: '500.01' });
  const sale = docOf(answer), id = one(`SELECT approval_id FROM approval WHERE sale_id=${sale}`);
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${sale}`), 'asked');
  assert.equal(credit(53), before);
  assert.equal((await cashier.get(`/sales/approvals/${id}`)).status, 403, 'who only asks does not decide');
  assert.doesNotMatch((await finance.get(`/sales/${sale}`)).text, /withdraw/);
  const back = await cashier.submit(`/sales/${sale}`, {}, { action: `/sales/approvals/${id}/withdraw` });
  assert.equal(back.location, `/sales/${sale}`);
  assert.equal(one(`SELECT outcome FROM approval WHERE approval_id=${id}`), 'withdrawn');
  const again = await ask(cashier, 53, { how: 'everything', amount: '' });
  const second = one(`SELECT approval_id FROM approval WHERE sale_id=${docOf(again)}`);
  assert.equal((await manager.post(`/sales/approvals/${second}/withdraw`, { fields: { csrf: await csrfOf(manager) } })).status, 403, 'not his');
  assert.equal((await manager.submit(`/sales/approvals/${second}`, { note: '' }, { action: `/sales/approvals/${second}/approve` })).status, 303);
  assert.equal(credit(53), 0);
  assert.equal(one(`SELECT amount_fen FROM sale WHERE sale_id=${docOf(again)}`), '200000');
});

test('a meter that counts itself: the order goes first, and one at a time', async () => {
  const answer = await ask(cashier, 50, { amount: '100' });
  assert.equal(answer.status, 303);
  const sale = docOf(answer);
  assert.equal(one(`SELECT CONCAT(s.state,' ',d.kind,' ',d.state,' ',d.amount_fen) FROM sale s JOIN delivery d USING (sale_id) WHERE sale_id=${sale}`), 'booked deduct queued 10000');
  assert.match((await cashier.get(`/sales/${sale}/pay`)).text, /现在不能付款/);
  const early = await cashier.post(`/sales/${sale}/pay`, { fields: { csrf: await csrfOf(cashier) } });
  assert.equal(early.status, 303);
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${sale}`), 'booked', 'no cash before the meter has confirmed');
  const before = money();
  const second = await ask(cashier, 50, { amount: '1' });
  assert.equal(second.status, 422);
  assert.match(second.text, /正在下发/);
  assert.equal(money(), before);
});

const reverse = (client, sale, fields = {}) => change(client, `/sales/${sale}/reverse`, { cause: 'wrong_amount', ...fields });
const saleOf = async (meter, amount) => docOf(await sell(cashier, meter, amount, { more: { fee: '' } }));

test('reversal while the order waits: taken back at once, whole, once, out of the drawer', async () => {
  const cash = Number(one(`SELECT SUM(amount_fen) FROM posting WHERE ledger='cash' AND channel='cash'`));
  const sale = await saleOf(54, '100.00');
  const shown = await cashier.get(`/sales/${sale}/reverse`);
  for (const words of [/撤回还没有下发的充值/, /-¥100\.00/, /立即从您的钱箱退还/]) assert.match(shown.text, words);
  const before = money();
  assert.equal((await reverse(cashier, sale, { cause: 'other', reason: '' })).status, 422);
  assert.equal((await reverse(cashier, sale, { cause: 'fun' })).status, 422);
  assert.equal((await cashier.post(`/sales/${sale}/reverse`, { fields: { csrf: await csrfOf(cashier), cause: 'twice' } })).status, 400, 'no key');
  assert.equal((await finance.get(`/sales/${sale}/reverse`)).status, 403);
  assert.equal(money(), before);
  const fields = { ...fieldsOf(shown.text, `/sales/${sale}/reverse`), cause: 'wrong_amount' };
  const answers = await Promise.all(Array.from({ length: 16 }, () => cashier.post(`/sales/${sale}/reverse`, { fields })));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [303]);
  assert.equal(new Set(answers.map((answer) => answer.location)).size, 1);
  assert.deepEqual(maria.sql(`SELECT state FROM sale WHERE sale_id IN (${sale},${docOf(answers[0])}) ORDER BY sale_id`).map((row) => row.state), ['cancelled', 'paid']);
  assert.equal(one(`SELECT state FROM delivery WHERE sale_id=${sale}`), 'cancelled');
  assert.equal(Number(one(`SELECT SUM(amount_fen) FROM posting WHERE ledger='cash' AND channel='cash'`)), cash);
  const again = await cashier.get(`/sales/${sale}/reverse`);
  assert.match(again.text, /它已经冲正/);
  const stale = await cashier.post(`/sales/${sale}/reverse`, { fields: { ...fields, cause: 'twice' } });
  assert.equal(stale.status, 422, 'the key was used for another reason');
});

test('only the last sale of a meter, and a delivered one by a deduction first', async () => {
  const first = await saleOf(54, '10.00'), last = await saleOf(54, '20.00');
  const shown = await cashier.get(`/sales/${first}/reverse`);
  assert.match(shown.text, /之后又售过电/);
  assert.doesNotMatch(shown.text, /name="key"/);
  const before = money();
  const key = fieldsOf((await cashier.get(`/sales/${last}/reverse`)).text, `/sales/${last}/reverse`).key;
  assert.equal((await cashier.post(`/sales/${first}/reverse`, { fields: { csrf: await csrfOf(cashier), key, cause: 'twice' } })).status, 403, 'the key of another document');
  assert.equal(money(), before);
  assert.equal((await reverse(cashier, last)).status, 303);
  assert.equal((await reverse(cashier, first)).status, 303, 'now it is the last');
  // The platform keeps the credit of meter 51: it was delivered at once.
  const start = credit(51), sale = await saleOf(51, '30.00');
  assert.equal(credit(51), start + 3000);
  assert.match((await cashier.get(`/sales/${sale}/reverse`)).text, /从平台余额扣回/);
  const answer = await reverse(cashier, sale);
  assert.equal(credit(51), start);
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${docOf(answer)}`), 'due');
  const refused = await cashier.get(`/sales/${docOf(answer)}/reverse`);
  assert.match(refused.text, /只有售电单可以冲正/);
});

test('a reversal above the limit waits for a second person', async () => {
  const sale = await saleOf(54, '800.00');
  assert.match((await cashier.get(`/sales/${sale}/reverse`)).text, /提交复核，冲正/);
  const asked = await reverse(cashier, sale);
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${docOf(asked)}`), 'asked');
  assert.equal(one(`SELECT state FROM delivery WHERE sale_id=${sale}`), 'queued', 'nothing happened yet');
  const id = one(`SELECT approval_id FROM approval WHERE sale_id=${docOf(asked)}`);
  assert.equal((await finance.submit(`/sales/approvals/${id}`, { note: '' }, { action: `/sales/approvals/${id}/approve` })).status, 303);
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${sale}`), 'cancelled');
  assert.equal(one(`SELECT state FROM sale WHERE sale_id=${docOf(asked)}`), 'due');
});

test('held: figures read at the meter, a verdict, two persons', async () => {
  const path = `/sales/held/${HELD}`;
  const list = await manager.get('/sales/held');
  assert.match(list.text, new RegExp(`id="held-${HELD}"`));
  assert.match(list.text, new RegExp(`id="stopped-${STOPPED}"`));
  assert.equal((await cashier.get('/sales/held')).status, 403);
  assert.match((await manager.get('/sales/held?format=csv')).text, /count_over 6 5/);
  assert.match((await manager.get('/sales/held?what=meters&format=csv')).text, /购电次数不符/);
  const before = money();
  const right = { verdict: 'delivered', count: '5', credit: '120.94', energy: '12000', reason: '表前核对' };
  for (const wrong of [{ count: '' }, { count: '-1' }, { credit: 'x' }, { energy: '1.2345' }, { reason: '' }, { verdict: 'perhaps' }, { verdict: undefined }]) {
    const answer = await change(manager, path, { ...right, ...wrong }, path);
    assert.equal(answer.status, 422, JSON.stringify(wrong));
  }
  assert.equal(money(), before);
  assert.equal((await change(manager, path, right, path)).status, 303);
  const id = one(`SELECT approval_id FROM approval WHERE command_id=${HELD} AND outcome IS NULL`);
  assert.match((await manager.get(path)).text, /等待另一人决定/);
  assert.equal((await manager.post(path, { fields: { ...right, csrf: await csrfOf(manager) } })).status, 303, 'asked already');
  assert.equal(count('approval', `command_id=${HELD}`), 1);
  assert.equal((await manager.post(`/sales/approvals/${id}/approve`, { fields: { csrf: await csrfOf(manager) } })).status, 403);
  const shown = await finance.get(`/sales/approvals/${id}`);
  for (const words of [/已写入电表/, /¥120\.94/, /¥30\.94/]) assert.match(shown.text, words);
  assert.equal((await finance.submit(`/sales/approvals/${id}`, { note: '' }, { action: `/sales/approvals/${id}/approve` })).status, 303);
  assert.equal(one(`SELECT CONCAT(state,' ',resolved_as) FROM delivery WHERE command_id=${HELD}`), 'done delivered');
  assert.equal((await manager.get(path)).status, 404, 'nothing to look at any more');
});

test('a meter that differs: what it shows is taken over by two persons', async () => {
  const path = `/sales/explain/${STOPPED}`;
  maria.sql(`INSERT INTO meter_state(meter_id,read_at,energy_wh,credit_fen,purchase_count,quality,flags) VALUES(${STOPPED},UTC_TIMESTAMP(3)+INTERVAL 1 SECOND,12010000,21094,6,0,0) ON DUPLICATE KEY UPDATE read_at=VALUES(read_at),credit_fen=21094,purchase_count=6,energy_wh=12010000;
INSERT INTO alarm(kind,meter_id,began_at,detail) SELECT 'count_mismatch',${STOPPED},UTC_TIMESTAMP(3),'6 5' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM alarm WHERE kind='count_mismatch' AND meter_id=${STOPPED} AND ended_at IS NULL);`);
  const shown = await manager.get(path);
  assert.match(shown.text, /value="6"/);
  const before = money();
  assert.equal((await change(manager, path, { reason: '' }, path)).status, 422);
  const moved = await change(manager, path, { reason: '手持机充值', count: '7' }, path);
  assert.equal(moved.status, 422);
  assert.equal(money(), before);
  assert.equal((await change(manager, path, { reason: '手持机充值' }, path)).status, 303);
  const id = one(`SELECT approval_id FROM approval WHERE kind='explain' AND meter_id=${STOPPED} AND outcome IS NULL`);
  assert.equal((await finance.submit(`/sales/approvals/${id}`, { note: '' }, { action: `/sales/approvals/${id}/approve` })).status, 303);
  assert.equal(one(`SELECT last_count FROM meter_epoch WHERE meter_id=${STOPPED} AND ended_at IS NULL`), '6');
  assert.equal(count('alarm', `meter_id=${STOPPED} AND ended_at IS NULL AND kind IN ('count_mismatch','balance_drift')`), 0);
  assert.equal((await manager.get(path)).status, 404);
});

test('another building: its approvals, meters and orders are not there', async () => {
  const narrow = await web.signedIn('manager');
  maria.sql(`INSERT INTO operator_scope SELECT operator_id,2 FROM operator WHERE username='${narrow.username}'`);
  const csrf = await csrfOf(narrow);
  for (const path of [`/sales/approvals/${B}`, `/sales/held/${HELD + 1000}`, `/sales/explain/${STOPPED + 1000}`, `/sales/refund/${B}`, `/sales/adjust/${B}`, `/sales/${B + 20}/reverse`, `/sales/${B + 20}/pay`, `/sales/${B + 20}/resend`]) assert.equal((await narrow.get(path)).status, 404, path);
  for (const path of [`/sales/approvals/${B}/approve`, `/sales/approvals/${B}/reject`, `/sales/approvals/${B}/withdraw`, `/sales/held/${HELD + 1000}`, `/sales/explain/${STOPPED + 1000}`]) assert.equal((await narrow.post(path, { fields: { csrf, note: 'x' } })).status, 404, path);
  assert.doesNotMatch((await narrow.get('/sales/approvals?state=all')).text, /2号楼/);
  assert.doesNotMatch((await narrow.get('/sales/held')).text, /2号楼/);
});

test('approvals: state, search, both exports', async () => {
  const all = await finance.get('/sales/approvals?state=all');
  assert.ok((all.text.match(/id="approval-/g) ?? []).length >= 6);
  const open = await finance.get('/sales/approvals');
  assert.equal((open.text.match(/id="approval-/g) ?? []).length, count('approval', 'outcome IS NULL'));
  const found = await finance.get(`/sales/approvals?state=all&q=${encodeURIComponent('商户3')}`);
  assert.equal((found.text.match(/id="approval-/g) ?? []).length, count('approval a JOIN sale s USING (sale_id)', 's.account_id=53'));
  const csv = await finance.get('/sales/approvals?state=all&format=csv');
  assert.equal(csv.text.trim().split('\n').length, 1 + count('approval'));
  assert.equal((await finance.get('/sales/approvals?format=xlsx')).status, 200);
});

test('a refund with the keyboard, without script', async (t) => {
  await adjust(51, 5000);
  const page = await openPage(t, { url: web.url, cookies: cashier.cookies, script: false });
  await page.goto(`${web.url}sales/refund/51`);
  await page.focus('#amount');
  await page.keyboard.type('2.5');
  await follow(page, /confirm\?/, () => page.keyboard.press('Enter'));
  await page.getByRole('button', { name: /退电 ¥2\.50/ }).focus();
  await follow(page, /sales\/\d+$/, () => page.keyboard.press('Enter'));
});
