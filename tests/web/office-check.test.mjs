// The check of the books: asked for on the page, done by voltillctl, shown rule by rule with what is off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ctl, startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { assertAccessible, assertFits, LOOKS, openPage } from './browser.mjs';
import { omnipotent } from './estate.mjs';
import { unlimit } from './fastcgi.mjs';

const maria = await startMaria();
omnipotent(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const auditor = await web.signedIn('auditor'), cashier = await web.signedIn('cashier');
const run = () => ctl(conf, ['nightly']);
// It says with its status that something is off.
const runBroken = () => assert.throws(run, /violations/);
const count = (table) => Number(maria.one(`SELECT COUNT(*) FROM ${table}`));

test('nothing was checked yet; asking twice is one run, and only who may', async () => {
  assert.match((await auditor.get('/sales/check')).text, /还没有检查过/);
  assert.equal((await cashier.get('/sales/check')).status, 403);
  for (let i = 0; i < 3; i++) assert.equal((await auditor.submit('/sales/check', {})).status, 303);
  assert.equal(count('check_run'), 1);
  assert.equal(maria.one("SELECT COUNT(*) FROM audit WHERE action='check.ask'"), '1');
  const waiting = await auditor.get('/sales/check');
  assert.match(waiting.text, /排队中/);
  assert.match(waiting.text, /<progress max="\d\d" value="0"/);
  assert.match(waiting.text, /http-equiv="refresh"/);
  const part = await auditor.get('/sales/check', { 'HX-Request': 'true' });
  assert.doesNotMatch(part.text, /<html/);
});

test('books that agree: every rule in words', async () => {
  run();
  const page = await auditor.get('/sales/check');
  assert.match(page.text, /全部相符/);
  const rules = page.text.match(/id="rule-I\d\d"/g);
  assert.ok(rules.length >= 30, `${rules.length} rules`);
  assert.doesNotMatch(page.text, /<code>I\d\d<\/code> *<\/span>/, 'a rule without words');
  assert.doesNotMatch(page.text, /hx-trigger="every/, 'it is over and asks no more');
});

test('what is off is named, on top, and stays in the history', async () => {
  maria.sql(`INSERT INTO journal(journal_id,kind,source_key,at,biz_day) VALUES(77,'use','x:77',UTC_TIMESTAMP(3),CURDATE());
INSERT INTO posting(journal_id,line,ledger,amount_fen) VALUES(77,1,'metering',5),(77,2,'suspense',-4)`);
  await auditor.submit('/sales/check', {});
  runBroken();
  const page = await auditor.get('/sales/check');
  assert.match(page.text, /id="rule-I01" class="is-broken"/);
  assert.match(page.text, /77/);
  assert.ok(page.text.indexOf('rule-I01') < page.text.indexOf('rule-I02'));
  assert.ok(page.text.match(/id="run-/g).length >= 2);
  const csv = await auditor.get('/sales/check?format=csv');
  assert.match(csv.text, /^"?I01"?,/m);
  assert.ok(csv.text.split('\n').length > 30);
  const first = maria.one('SELECT MIN(check_run_id) FROM check_run');
  assert.match((await auditor.get(`/sales/check/${first}`)).text, /全部相符/);
  assert.equal((await auditor.get('/sales/check/999999')).status, 404);
});

test('in every look', async (t) => {
  const reader = await web.signedIn('omnipotent');
  for (const look of LOOKS) {
    maria.sql(`UPDATE operator SET language='${look.language}', theme='auto' WHERE username='${reader.username}'`);
    const page = await openPage(t, { ...look, url: web.url, cookies: reader.cookies });
    await page.goto(`${web.url}sales/check`);
    await assertFits(page, `check ${look.language} ${look.width}`);
    await assertAccessible(page, `check ${look.language} ${look.scheme}`);
    if (look.language === 'en') assert.doesNotMatch(await page.locator('main').innerText(), /\p{Script=Han}{2,}/u);
  }
});
