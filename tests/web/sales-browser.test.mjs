// The counter in a real browser: keys alone, with script and without; every page in both languages, light and
// dark, wide and narrow; what it weighs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, until, waitOutMidnight, writeConf } from '../harness/harness.mjs';
import { LOOKS, assertAccessible, assertFits, follow, openPage, refresh } from './browser.mjs';
import { unlimit } from './fastcgi.mjs';
import { cashier, sell, shop } from './shop.mjs';

waitOutMidnight();
const maria = await startMaria();
shop(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const anna = await cashier(web, maria, 'manager'), bert = await web.signedIn('cashier');
const open = (t, options = {}) => openPage(t, { ...options, url: web.url, cookies: (options.client ?? anna).cookies });
// Keys that are pressed before the page has set its focus go nowhere.
async function visit(page, target) {
  await page.goto(web.url + target.slice(1));
  if (await page.locator('[autofocus]').count() > 0) await page.locator('[autofocus]:focus').waitFor();
}
const sales = () => Number(maria.one('SELECT COUNT(*) FROM sale'));
const last = () => maria.sql('SELECT * FROM sale ORDER BY sale_id DESC LIMIT 1')[0];
const forget = () => maria.sql('UPDATE sale SET created_at = created_at - INTERVAL 1 HOUR');
const focused = (page) => page.evaluate(() => `${document.activeElement.tagName} ${document.activeElement.id || document.activeElement.textContent.trim()}`);

const done = await sell(anna, 1, '1005', { more: { tendered: '1010', note: '十二月' } });
const lost = await sell(anna, 4, '50');
const doc = done.location;

test('quick amounts fill it in without script, too', async (t) => {
  const page = await open(t, { script: false });
  await visit(page, '/sales/sell/3');
  await follow(page, /amount=32.41/, () => page.locator('.quick a', { hasText: '32.41' }).click());
  assert.equal(await page.inputValue('#amount'), '32.41');
  assert.match(await page.locator('#quote').innerText(), /¥0\.01/);
});

for (const script of [true, false]) {
  test(`three Enters from the search to the document, keys alone, ${script ? 'with' : 'without'} script`, async (t) => {
    forget();
    const page = await open(t, { script });
    const before = sales();
    await visit(page, '/sales/counter');
    assert.match(await focused(page), /list-search/);
    await page.keyboard.type('dpjl');
    await follow(page, /\/sales\/sell\/3$/, () => page.keyboard.press('Enter'));
    await page.locator('#amount:focus').waitFor();
    await page.keyboard.type('500');
    await follow(page, /\/sales\/sell\/3$/, () => page.keyboard.press('Enter'));
    await page.locator('button:focus').waitFor();
    assert.match(await focused(page), /BUTTON (售电|Sell) ¥500\.00/);
    assert.equal(sales(), before, 'nothing is sold before the third');
    await follow(page, /\/sales\/\d+$/, () => page.keyboard.press('Enter'));
    assert.equal(sales(), before + 1);
    assert.equal(last().amount_fen, '50000');
    assert.match(await page.locator('h1').innerText(), /¥500\.00/);
    await page.locator('a:focus').waitFor();
    assert.match(await focused(page), /^A (下一户|Next customer)/);
    await follow(page, /\/sales\/counter$/, () => page.keyboard.press('Enter'));
    await page.locator('#list-search:focus').waitFor(); // and the next customer may come
  });

  test(`several hits: the first has the focus, the way leads on by Enter, ${script ? 'with' : 'without'} script`, async (t) => {
    const page = await open(t, { script });
    await visit(page, '/sales/counter');
    await page.keyboard.type('jd');
    await follow(page, /q=jd/, () => page.keyboard.press('Enter'));
    await page.locator('#hit-1:focus').waitFor();
    if (script) {
      await page.keyboard.press('ArrowDown');
      assert.equal(await focused(page), 'A hit-2');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      assert.match(await focused(page), /list-search/, 'up from the first leads to the search');
      await page.keyboard.press('ArrowDown');
    } else await page.keyboard.press('Tab');
    await page.keyboard.press(script ? 'ArrowDown' : 'Shift+Tab');
    await follow(page, /\/sales\/sell\/\d$/, () => page.keyboard.press('Enter'));
  });
}

test('typing finds without Enter; the address follows and the way back shows the list', async (t) => {
  const page = await open(t);
  await visit(page, '/sales/counter');
  await page.keyboard.type('jdxb');
  await page.locator('#hit-1').waitFor();
  assert.equal(await page.locator('.hit').count(), 1);
  assert.match(page.url(), /q=jdxb/);
  assert.match(await focused(page), /list-search/, 'typing goes on');
  await follow(page, /\/sales\/sell\/1$/, () => page.locator('#hit-1').click());
  await follow(page, /counter\?q=jdxb$/, () => page.goBack());
  assert.equal(await page.locator('.hit').count(), 1, 'the list, not the sale again');
});

test('what it buys is shown while the amount is typed; quick amounts fill it in', async (t) => {
  const page = await open(t);
  await visit(page, '/sales/sell/2');
  await page.keyboard.type('100');
  await page.locator('#quote', { hasText: '¥110.94' }).waitFor();
  await page.fill('#tendered', '120');
  await page.locator('#quote', { hasText: '¥20.00' }).locator('.facts-change').waitFor();
  await page.locator('#fee-1').uncheck();
  await page.locator('#quote', { hasText: '¥130.94' }).waitFor();
  await page.locator('[data-value="1000"]').click();
  assert.equal(await page.inputValue('#amount'), '1000');
  assert.equal(await page.inputValue('#tendered'), '120', 'what else was typed stays');
  await page.locator('#quote', { hasText: '¥1,030.94' }).waitFor();
  await page.locator('#channel-qr').check();
  assert.equal(await page.locator('#tendered').isVisible(), false);
  await follow(page, /counter$/, () => page.keyboard.press('Escape'));
});

test('a press of the button twice is one sale', async (t) => {
  forget();
  const page = await open(t);
  await visit(page, '/sales/sell/2');
  await page.fill('#amount', '71');
  await follow(page, /sell\/2$/, () => page.keyboard.press('Enter'));
  const before = sales();
  await follow(page, /\/sales\/\d+$/, () => page.locator('.btn-deed').dblclick());
  assert.equal(sales(), before + 1);
  await follow(page, /confirm$|sell\/2$/, () => page.goBack()).catch(() => {});
  if (await page.locator('.btn-deed').count() === 1) {
    await follow(page, /\/sales\/\d+$/, () => page.locator('.btn-deed').click());
    assert.equal(sales(), before + 1, 'back and again is the same sale');
  }
});

test('a like sale is asked about with the focus on the way back', async (t) => {
  forget();
  const page = await open(t);
  const once = async () => {
    await visit(page, '/sales/sell/2');
    await page.fill('#amount', '72');
    await follow(page, /sell\/2$/, () => page.keyboard.press('Enter'));
    await follow(page, /\/sales\/\d+$|confirm$/, () => page.keyboard.press('Enter'));
  };
  await once();
  const before = sales();
  await once();
  assert.match(await page.locator('.notice-warning').first().innerText(), /刚才/);
  await page.locator('a:focus').waitFor();
  assert.match(await focused(page), /^A 修改/);
  await follow(page, /\/sales\/\d+$/, () => page.locator('.btn-deed').click());
  assert.equal(sales(), before + 1);
});

test('the document shows the steps as they come: live, and by itself stops asking', async (t) => {
  forget();
  const sold = await sell(anna, 2, '73');
  const id = /\d+$/.exec(sold.location)[0];
  const page = await open(t);
  await page.clock.install();
  await visit(page, sold.location);
  const states = () => page.locator('.money-step').evaluateAll((all) => all.map((e) => /is-(\w+)/.exec(e.className)[1]));
  assert.deepEqual(await states(), ['done', 'done', 'now', 'waiting', 'waiting']);
  maria.sql(`UPDATE delivery SET state='sent', want_count=13, intent_at=UTC_TIMESTAMP(3), before_fen=3094, before_wh=1, sends=1, sent_at=UTC_TIMESTAMP(3) WHERE sale_id=${id}; UPDATE command SET state='taken' WHERE command_id=(SELECT command_id FROM delivery WHERE sale_id=${id})`);
  await refresh(page, 1500);
  assert.deepEqual(await states(), ['done', 'done', 'done', 'now', 'waiting']);
  maria.sql(`UPDATE delivery SET state='done', after_count=13, after_fen=8394, after_wh=1, ended_at=UTC_TIMESTAMP(3) WHERE sale_id=${id}; UPDATE command SET state='confirmed', ended_at=UTC_TIMESTAMP(3) WHERE command_id=(SELECT command_id FROM delivery WHERE sale_id=${id});
   UPDATE sale SET state='delivered', settled_at=UTC_TIMESTAMP(3) WHERE sale_id=${id}; UPDATE meter_state SET purchase_count=13, credit_fen=8394, read_at=UTC_TIMESTAMP(3)+INTERVAL 1 SECOND WHERE meter_id=2`);
  await refresh(page, 1500);
  assert.deepEqual(await states(), ['done', 'done', 'done', 'done', 'done']);
  assert.match(await page.locator('.money-steps').innerText(), /12 → 13/);
  assert.equal(await page.locator('[hx-get]').count(), 0, 'it is over');
  assert.match(await page.locator('#sale').innerText(), /¥30\.94 → ¥83\.94/);
});

test('Ctrl+P on a document counts a print and opens its receipt', async (t) => {
  const page = await open(t);
  await page.addInitScript(() => { window.print = () => { document.documentElement.dataset.printed = 'yes'; }; });
  await visit(page, doc);
  await follow(page, /receipt\?paper=form&print=1$/, () => page.keyboard.press('Control+p'));
  await until('the printer', () => page.evaluate(() => document.documentElement.dataset.printed === 'yes'));
  assert.equal(maria.one(`SELECT COUNT(*) FROM receipt_print WHERE sale_id=${/\d+$/.exec(doc)[0]}`), '1');
});

const PAGES = ['/sales/counter', '/sales/counter?q=jd&go=1', '/sales/counter?q=nobody', '/sales/sell/1', '/sales/sell/3?amount=500&tendered=600', '/sales/sell/4?amount=1', doc, lost.location,
  `${doc}/receipt?paper=form`, `${doc}/receipt?paper=roll58`, '/sales/records', '/sales/records?days=yesterday', '/sales/verify?code=x', '/sales/fees', '/sales/fees/1', '/sales/fees/1/archive'];

// Names of the shop are Chinese whatever the language is, and so are capitals.
const ours = (text) => text.replaceAll(/京东西北|京东便利店|东坡酒楼|园区|\d号楼|\d层|物业费|线损|十二月|中文|壹仟零伍元整|伍拾元整|京\*\*北/g, '');

async function assertShown(page, what) {
  await assertFits(page, what);
  await assertAccessible(page, what);
  assert.equal(await page.locator('h1').count(), 1, `${what} has one heading`);
  if (await page.locator('html').getAttribute('lang') === 'en') assert.doesNotMatch(ours(await page.locator('main').innerText()), /\p{Script=Han}{2,}/u, `${what}: Chinese words on an English page`);
}

for (const { language, scheme, width } of LOOKS) {
  test(`every page fits and is accessible: ${language} ${scheme} ${width}`, async (t) => {
    maria.sql(`UPDATE operator SET language='${language}', theme='auto'`);
    const page = await open(t, { language, scheme, width });
    for (const target of PAGES) {
      await visit(page, target);
      await assertShown(page, target);
    }
    // The question, and a form that came back.
    await visit(page, '/sales/sell/3');
    await page.fill('#amount', '5000.01');
    await follow(page, /sell\/3$/, () => page.keyboard.press('Enter'));
    await assertShown(page, 'the question');
    await visit(page, '/sales/sell/3');
    await page.fill('#amount', '1e3');
    await follow(page, /sell\/3$/, () => page.keyboard.press('Enter'));
    await assertShown(page, 'a form that came back');
    const closed = await open(t, { language, scheme, width, client: bert });
    await visit(closed, '/sales/counter');
    await assertShown(closed, 'without a shift');
  });
}

test('no page of the counter weighs more than 150 KB', async (t) => {
  for (const target of PAGES) {
    const page = await open(t);
    let bytes = 0;
    const client = await page.context().newCDPSession(page);
    await client.send('Network.enable');
    client.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
    await page.goto(web.url + target.slice(1), { waitUntil: 'networkidle' });
    assert.ok(bytes < 150 * 1024, `${target}: ${bytes} bytes`);
    await page.context().close();
  }
});
