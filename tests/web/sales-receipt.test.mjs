// Receipts as they leave the printer: the size of each paper, one page, everything on it, black on white.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBrowser, startMaria, startWeb, waitOutMidnight, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';
import { cashier, sell, shop } from './shop.mjs';

const POINTS = 72 / 25.4;
// Millimetres: 241 × 93.1 is a third of a sheet of continuous paper.
const PAPERS = { form: [241, 93.1], a5: [210, 148], roll80: [80, 240], roll58: [58, 270] };
const SHORT = { roll80: [80, 180], roll58: [58, 180] };

waitOutMidnight();
const maria = await startMaria();
shop(maria);
maria.sql(`INSERT INTO setting(name,value) VALUES('receipt.company','云谷物业管理有限公司第一分公司'),('receipt.footer','请妥善保管，遗失不补。\n服务热线 400-000-0000\n谢谢惠顾');
UPDATE fee SET is_usual = 1; INSERT INTO fee(name,kind,value,is_usual) SELECT CONCAT('其他费用第',seq,'项'),'fixed',seq*10,1 FROM seq_1_to_6;
UPDATE account SET name = '深圳市南山区京东西北餐饮管理有限公司第三营业部' WHERE account_id = 1`);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const anna = await cashier(web, maria);
// The longest receipt there is: all eight fees, change, a note.
const done = await sell(anna, 1, '4999.99', { more: { tendered: '5000', note: '客户要求与上月一并开具发票，抬头见附件，经办人小王' } });
const usual = await sell(anna, 2, '500', { more: { tendered: '520', fee: '1' } });
const browser = await startBrowser();

// Sizes of the pages in millimetres.
const boxes = (pdf) => [...pdf.toString('latin1').matchAll(/\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]/g)].map((match) => [match[1] / POINTS, match[2] / POINTS]);

async function open(t, scheme, media) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 1280, height: 900 } });
  t.after(() => context.close());
  await context.addCookies([...anna.cookies].map(([name, value]) => ({ name, value, url: web.url })));
  const page = await context.newPage();
  if (media) await page.emulateMedia({ media });
  return page;
}

async function assertPaper(t, document, paper, [width, height]) {
  const page = await open(t, 'dark');
  await page.goto(`${web.url.slice(0, -1)}${document}/receipt?paper=${paper}`);
  const sizes = boxes(await page.pdf({ preferCSSPageSize: true })), what = sizes.map((size) => size.map((mm) => mm.toFixed(1)).join(' × ')).join(', ');
  assert.equal(sizes.length, 1, `${sizes.length} pages: ${what}`);
  assert.ok(Math.abs(sizes[0][0] - width) < 0.6 && Math.abs(sizes[0][1] - height) < 0.6, what);
}

for (const language of ['zh-CN', 'en']) {
  for (const [paper, size] of Object.entries(PAPERS)) {
    test(`${paper} in ${language}: its size, one page`, async (t) => {
      maria.sql(`UPDATE operator SET language='${language}'`);
      await assertPaper(t, done.location, paper, size);
      await assertPaper(t, usual.location, paper, SHORT[paper] ?? size);
    });
  }
}

test('on paper there is the receipt and nothing else, black on white in the dark theme too', async (t) => {
  const page = await open(t, 'dark', 'print');
  await page.goto(`${web.url.slice(0, -1)}${done.location}/receipt?paper=a5`);
  for (const hidden of ['.top', '.side', '.receipt-bar', 'body > footer']) assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
  const colours = await page.locator('.receipt *').evaluateAll((all) => [...new Set(all.map((e) => getComputedStyle(e).color))]);
  assert.deepEqual(colours, ['rgb(0, 0, 0)']);
  assert.equal(await page.locator('html').evaluate((e) => getComputedStyle(e).backgroundColor), 'rgb(255, 255, 255)');
});

test('what is printed fits into the paper', async (t) => {
  for (const paper of Object.keys(PAPERS)) {
    const page = await open(t, 'light', 'screen');
    await page.goto(`${web.url.slice(0, -1)}${done.location}/receipt?paper=${paper}`);
    const over = await page.locator('.receipt').evaluate((e) => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]);
    assert.deepEqual(over.map((n) => n > 1), [false, false], `${paper}: ${over}`);
  }
});

test('the picture on the receipt is the address to verify', async () => {
  const html = (await anna.get(`${done.location}/receipt`)).text;
  assert.match(html, /<svg viewBox="0 0 \d+ \d+"[^>]*><path d="M\d/);
});
