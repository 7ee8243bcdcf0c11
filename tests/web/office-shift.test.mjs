// The drawer and the day: a shift is opened with a float, counted, explained and closed; a day is closed
// when no shift of it is open any more. Without script, by keyboard, in every look.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, waitOutMidnight, writeConf } from '../harness/harness.mjs';
import { assertAccessible, assertFits, follow, LOOKS, openPage } from './browser.mjs';
import { estate, omnipotent } from './estate.mjs';
import { unlimit } from './fastcgi.mjs';
import { change, fieldsOf, messages } from './form.mjs';

await waitOutMidnight();
const maria = await startMaria();
estate(maria);
omnipotent(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const cashier = await web.signedIn('cashier'), other = await web.signedIn('cashier');
const manager = await web.signedIn('manager'), finance = await web.signedIn('finance');

const idOf = (client) => Number(maria.one(`SELECT operator_id FROM operator WHERE username='${client.username}'`));
const openOf = (client) => maria.sql(`SELECT * FROM shift WHERE active_operator=${idOf(client)}`)[0];
const count = (table, where = '1') => Number(maria.one(`SELECT COUNT(*) FROM ${table} WHERE ${where}`));
const today = () => maria.one("SELECT DATEDIFF(DATE(CONVERT_TZ(UTC_TIMESTAMP(3),'+00:00','+08:00')),'1970-01-01')");

// What a sale or a refund would book.
let booked = 0;
function take(shift, channel, fen) {
  booked++;
  maria.sql(`INSERT INTO journal(kind,source_key,at,biz_day,shift_id) SELECT '${fen > 0 ? 'purchase' : 'payout'}','test:${booked}',UTC_TIMESTAMP(3),biz_day,shift_id FROM shift WHERE shift_id=${shift};
SET @id = LAST_INSERT_ID();
INSERT INTO posting(journal_id,line,ledger,shift_id,channel,amount_fen) VALUES(@id,1,'cash',${shift},'${channel}',${fen}),(@id,2,'transit',NULL,NULL,${-fen})`);
}

test('a shift is opened once, with a float that may be nothing and not less', async () => {
  assert.match((await cashier.get('/sales/shift')).text, /还没有开班/);
  for (const wrong of ['-1', 'abc', '1,000', '1e3', '0.001']) {
    const answer = await change(cashier, '/sales/shift', { drawer: wrong });
    assert.equal(answer.status, 422, wrong);
    assert.match(answer.text, new RegExp(`value="${wrong}"`), 'what was typed is kept');
  }
  assert.equal(count('shift', 'closed_at IS NULL'), 0);
  const fields = { ...fieldsOf((await cashier.get('/sales/shift')).text, '/sales/shift'), drawer: '200.00' };
  const answers = await Promise.all(Array.from({ length: 8 }, () => cashier.post('/sales/shift', { fields })));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [303]);
  assert.equal(count('shift', `operator_id=${idOf(cashier)}`), 1);
  assert.equal(openOf(cashier).float_fen, '20000');
  assert.equal(count('audit', "action='shift.open'"), 1);
  assert.match((await cashier.get('/sales/shift')).text, /¥200\.00/);
  assert.equal((await change(other, '/sales/shift', { drawer: '' })).status, 303);
  assert.equal(openOf(other).float_fen, '0');
});

test('running totals by channel, and the ceiling of the drawer', async () => {
  const shift = openOf(cashier).shift_id;
  take(shift, 'cash', 128000);
  take(shift, 'qr', 50000);
  take(shift, 'cash', -3000);
  const page = (await cashier.get('/sales/shift')).text;
  for (const amount of ['¥1,450.00', '¥1,250.00', '¥500.00', '¥1,780.00', '¥30.00']) assert.ok(page.includes(amount), amount);
  assert.doesNotMatch(page, /已达上限/);
  maria.sql("UPDATE role SET cash_max_fen=145000 WHERE code='cashier'");
  assert.match((await cashier.get('/sales/shift')).text, /已达上限/);
  maria.sql("UPDATE role SET cash_max_fen=NULL WHERE code='cashier'");
});

const counting = (pieces) => `/sales/shift/close?counted=1&${Object.entries(pieces).map(([fen, n]) => `pieces_${fen}=${n}`).join('&')}`;

test('counting changes nothing; a difference needs a note; closing happens once', async () => {
  const shift = openOf(cashier).shift_id;
  const before = JSON.stringify(maria.sql('SELECT * FROM shift')) + count('audit') + count('journal');
  for (const wrong of ['x', '-1', '1.5', '100001']) {
    const answer = await cashier.get(counting({ 10000: wrong }));
    assert.equal(answer.status, 422, wrong);
    assert.match(messages(answer.text)[0], /pieces_10000/);
  }
  const even = await cashier.get(counting({ 10000: 14, 5000: 1 }));
  assert.match(even.text, /账实相符/);
  const short = await cashier.get(counting({ 10000: 14, 1000: 4, 50: 1 }));
  assert.match(short.text, /短款 <b class="number">-¥9\.50/);
  const fields = fieldsOf(short.text, '/sales/shift/close');
  let answer = await cashier.post('/sales/shift/close', { fields });
  assert.equal(answer.status, 422);
  assert.match(messages(answer.text)[0], /^note: 账实不符/);
  assert.match(answer.text, /name="pieces_1000" value="4"/);
  // A sale between the count and the press.
  take(shift, 'cash', 1000);
  answer = await cashier.post('/sales/shift/close', { fields: { ...fields, note: '少找' } });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /应有现金已变为 ¥1,460\.00/);
  assert.match(answer.text, /value="少找"/);
  assert.equal(JSON.stringify(maria.sql('SELECT * FROM shift')) + count('audit') + (count('journal') - 1), before, 'nothing was stored');
  const again = { ...fieldsOf(answer.text, '/sales/shift/close'), note: '少找 <b>19.50</b>' };
  const answers = await Promise.all(Array.from({ length: 6 }, () => cashier.post('/sales/shift/close', { fields: again })));
  assert.deepEqual([...new Set(answers.map((one) => one.status))], [303]);
  const closed = maria.sql(`SELECT * FROM shift WHERE shift_id=${shift}`)[0];
  assert.deepEqual([closed.expected_fen, closed.counted_fen, closed.note, closed.closed_by], ['146000', '144050', '少找 <b>19.50</b>', null]);
  assert.equal(maria.one(`SELECT GROUP_CONCAT(denomination_fen,'x',pieces ORDER BY denomination_fen DESC) FROM shift_count WHERE shift_id=${shift}`), '10000x14,1000x4,50x1');
  assert.equal(maria.one("SELECT GROUP_CONCAT(amount_fen ORDER BY line) FROM posting JOIN journal USING (journal_id) WHERE kind='shift'"), '-1950,1950');
  assert.equal(count('audit', "action='shift.close'"), 1);
  const sheet = await cashier.get(`/sales/shift/${shift}`);
  assert.match(sheet.text, /交班人签字/);
  assert.match(sheet.text, /-¥19\.50/);
  assert.match(sheet.text, /少找 &lt;b&gt;/);
  assert.equal((await cashier.get('/sales/shift/close')).status, 303, 'there is none to close');
});

test('whose shift it is: a cashier sees his own, a supervisor closes that of another', async () => {
  const mine = maria.one(`SELECT MAX(shift_id) FROM shift WHERE operator_id=${idOf(cashier)}`), theirs = openOf(other).shift_id;
  assert.equal((await other.get(`/sales/shift/${mine}`)).status, 404);
  for (const path of ['/sales/shifts', `/sales/shifts/${mine}`, `/sales/shifts/${theirs}/close`, '/sales/days']) assert.equal((await cashier.get(path)).status, 403, path);
  assert.equal((await finance.get('/sales/shift')).status, 403, 'finance sells nothing');
  assert.equal((await finance.get(`/sales/shifts/${mine}`)).status, 200);
  const csrf = fieldsOf((await cashier.get('/sales/shift')).text, '/sales/shift').csrf;
  assert.equal((await cashier.post(`/sales/shifts/${theirs}/close`, { fields: { csrf, expected: '¥0.00' } })).status, 403);
  const shown = await manager.get(`/sales/shifts/${theirs}/close?counted=1`);
  const answer = await manager.post(`/sales/shifts/${theirs}/close`, { fields: fieldsOf(shown.text, `/sales/shifts/${theirs}/close`) });
  assert.equal(answer.status, 303);
  assert.equal(maria.one(`SELECT closed_by FROM shift WHERE shift_id=${theirs}`), String(idOf(manager)));
  assert.match((await manager.get(`/sales/shifts/${theirs}`)).text, /代结人/);
});

test('the list: person, days, state, sort, both exports', async () => {
  const list = await manager.get('/sales/shifts');
  assert.equal((list.text.match(/id="shift-/g) ?? []).length, 2);
  assert.equal(((await manager.get(`/sales/shifts?who=${idOf(cashier)}`)).text.match(/id="shift-/g) ?? []).length, 1);
  assert.equal(((await manager.get('/sales/shifts?state=open')).text.match(/id="shift-/g) ?? []).length, 0);
  assert.equal(((await manager.get('/sales/shifts?from=2024-10-01&to=2024-10-31')).text.match(/id="shift-/g) ?? []).length, 1);
  for (const bad of ['from=2026-02-30', 'from=2026-12-31&to=2026-12-01', 'from=2001-01-01']) assert.equal((await manager.get(`/sales/shifts?${bad}`)).status, 422, bad);
  const csv = await manager.get('/sales/shifts?format=csv&sort=operator');
  assert.equal(csv.text.trim().split('\n').length, 3);
  assert.match(csv.text, /-19\.50/);
  assert.equal((await manager.get('/sales/shifts?format=xlsx')).status, 200);
});

test('a day with an open shift stays open; then it is closed once, and nobody opens a shift on it', async () => {
  const day = today();
  assert.equal((await change(cashier, '/sales/shift', { drawer: '1' })).status, 303);
  const shown = await manager.get(`/sales/days/${day}`);
  assert.match(shown.text, /以下班次还没有结班/);
  const csrf = fieldsOf(shown.text, '/login/preferences').csrf;
  let answer = await manager.post(`/sales/days/${day}/close`, { fields: { csrf } });
  assert.equal(answer.status, 409);
  assert.match(answer.text, /不能日结/);
  assert.equal(count('business_day', `closed_at IS NOT NULL AND day <> '2024-10-04'`), 0);
  for (const absent of [Number(day) + 1, 999999, 0, 4294967296]) assert.equal((await manager.get(`/sales/days/${absent}`)).status, 404, `${absent}`);
  assert.equal((await manager.post(`/sales/days/${Number(day) + 1}/close`, { fields: { csrf } })).status, 404);
  assert.equal((await cashier.post(`/sales/days/${day}/close`, { fields: { csrf } })).status, 403);
  const counted = await cashier.get(counting({ 100: 1 }));
  assert.equal((await cashier.post('/sales/shift/close', { fields: fieldsOf(counted.text, '/sales/shift/close') })).status, 303);
  answer = await finance.submit(`/sales/days/${day}`, {}, { action: `/sales/days/${day}/close` });
  assert.equal(answer.status, 303);
  assert.equal(maria.one(`SELECT closed_by FROM business_day WHERE DATEDIFF(day,'1970-01-01')=${day}`), String(idOf(finance)));
  assert.equal(count('audit', "action='day.close'"), 1);
  assert.equal((await manager.post(`/sales/days/${day}/close`, { fields: { csrf } })).status, 303, 'closed already');
  assert.equal(count('audit', "action='day.close'"), 1);
  answer = await change(cashier, '/sales/shift', { drawer: '1' });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /今天已经日结/);
  assert.equal(openOf(cashier), undefined);
  const csv = await manager.get('/sales/days?format=csv&state=closed');
  assert.equal(csv.text.trim().split('\n').length, 2);
  maria.sql(`UPDATE business_day SET closed_at=NULL, closed_by=NULL WHERE DATEDIFF(day,'1970-01-01')=${day}`);
});

test('opened, counted and closed with the keyboard, without script', async (t) => {
  const page = await openPage(t, { url: web.url, cookies: cashier.cookies, script: false });
  await page.goto(`${web.url}sales/shift`);
  await page.focus('#drawer');
  await page.keyboard.type('50.5');
  await follow(page, /shift$/, () => page.keyboard.press('Enter'));
  await page.getByRole('link', { name: '清点并结班' }).focus();
  await follow(page, /close$/, () => page.keyboard.press('Enter'));
  await page.focus('#pieces_5000');
  await page.keyboard.type('1');
  await follow(page, /counted=1/, () => page.keyboard.press('Enter'));
  assert.match(await page.locator('#result').innerText(), /短款.*-¥0\.50/s);
  await page.focus('#note');
  await page.keyboard.type('硬币找不开');
  await follow(page, /shift\/\d+$/, () => page.keyboard.press('Enter'));
  assert.match(await page.locator('main').innerText(), /硬币找不开/);
});

test('the settlement prints black on white with lines to sign, in the dark too', async (t) => {
  const page = await openPage(t, { url: web.url, cookies: cashier.cookies, scheme: 'dark' });
  maria.sql(`UPDATE operator SET theme='dark' WHERE username='${cashier.username}'`);
  await page.goto(`${web.url}sales/shift/${maria.one(`SELECT MIN(shift_id) FROM shift WHERE operator_id=${idOf(cashier)}`)}`);
  await page.emulateMedia({ media: 'print' });
  assert.deepEqual(await page.locator('.settlement').evaluate((e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]), ['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
  for (const hidden of ['nav.side', 'header.top', '.sheet-tools', 'nav.crumbs']) assert.equal(await page.locator(hidden).isVisible(), false, hidden);
  assert.equal(await page.locator('.signatures p').count(), 3);
});

test('the count adds up as one types', async (t) => {
  assert.equal((await change(cashier, '/sales/shift', { drawer: '' })).status, 303);
  const page = await openPage(t, { url: web.url, cookies: cashier.cookies });
  await page.goto(`${web.url}sales/shift/close`);
  await page.fill('#pieces_10000', '12');
  await page.fill('#pieces_50', '3');
  assert.equal(await page.locator('[data-total]').innerText(), '¥1,201.50');
  await page.fill('#pieces_10000', 'x');
  assert.equal(await page.locator('[data-total]').innerText(), '¥1.50');
});

test('every page in every look', async (t) => {
  const everything = await web.signedIn('omnipotent');
  assert.equal((await change(everything, '/sales/shift', { drawer: '300' })).status, 303);
  take(openOf(everything).shift_id, 'pos', 5000);
  const own = openOf(everything).shift_id, done = maria.one(`SELECT MAX(shift_id) FROM shift WHERE closed_at IS NOT NULL`);
  maria.sql(`UPDATE shift SET operator_id=${idOf(everything)} WHERE shift_id=${done}`);
  for (const look of LOOKS) {
    const page = await openPage(t, { ...look, url: web.url, cookies: everything.cookies });
    maria.sql(`UPDATE operator SET language='${look.language}', theme='auto' WHERE operator_id=${idOf(everything)}`);
    for (const path of ['sales/shift', 'sales/shift/close', 'sales/shift/close?counted=1&pieces_10000=2', `sales/shift/${own}`, `sales/shift/${done}`, 'sales/shifts',
      'sales/shifts/1', `sales/shifts/${own}/close`, 'sales/days', 'sales/days/20000', `sales/days/${today()}`]) {
      await page.goto(`${web.url}${path}`);
      assert.equal(await page.locator('h1').count(), 1, path);
      await assertFits(page, `${path} ${look.language} ${look.width}`);
      await assertAccessible(page, `${path} ${look.language} ${look.scheme}`);
      if (look.language === 'en') assert.doesNotMatch((await page.locator('main').innerText()).replaceAll(/李收银|少找|硬币找不开|[12]号楼/g, ''), /\p{Script=Han}{2,}/u, path);
    }
  }
});
