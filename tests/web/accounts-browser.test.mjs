// The pages in a real browser: both languages, light and dark, wide and narrow, with and without script.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT, startBrowser, startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { building } from './building.mjs';
import { unlimit } from './fastcgi.mjs';

const PASSWORD = 'kestrel-lamp-9-oven';
const PAGES = ['/accounts/overview', '/accounts/board', '/accounts/board?f=13&b=2', '/accounts/board?q=zzzz', '/accounts/meters?n=25', '/accounts/meters?n=10&c=periods&c=electric&c=credit&c=link',
  '/accounts/meters/1', '/accounts/meters/1?view=week', '/accounts/meters/103?view=month', '/accounts/meters/58?view=year', '/accounts/meters/5?tab=readings', '/accounts/meters/63?tab=link',
  '/accounts/meters/303', '/accounts/meters/3?d=2026-02-30', '/accounts/gateways', '/accounts/gateways/2', '/accounts/gateways/4'];

const maria = await startMaria();
building(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
await web.operator({ username: 'looker', role: 'manager', password: PASSWORD });
const door = web.client();
await door.signIn('looker', PASSWORD);
const browser = await startBrowser();
const axe = fs.readFileSync(path.join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

// A signed-in page that fails the test when the browser complains (policy, errors of scripts).
async function open(t, { language = 'zh-CN', script = true, width = 1280, scheme = 'light' } = {}) {
  const context = await browser.newContext({ locale: language, javaScriptEnabled: script, colorScheme: scheme, viewport: { width, height: 900 } });
  await context.addCookies([...door.cookies].map(([name, value]) => ({ name, value, url: web.url })));
  const page = await context.newPage(), complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  page.visit = async (target) => {
    await page.goto(web.url + target.slice(1));
    return page;
  };
  return page;
}

const excess = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const language of ['zh-CN', 'en']) {
  for (const scheme of ['light', 'dark']) {
    for (const width of [1280, 390]) {
      test(`every page fits and is accessible: ${language} ${scheme} ${width}`, async (t) => {
        maria.sql(`UPDATE operator SET language='${language}', theme='auto'`);
        const page = await open(t, { language, scheme, width });
        for (const target of PAGES) {
          await page.visit(target);
          assert.equal(await page.locator('html').getAttribute('lang'), language);
          assert.equal(await excess(page), 0, `${target} scrolls sideways`);
          const found = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target + ' ' + n.failureSummary.split('\\n')[1]).join(' | ')))`);
          assert.deepEqual(found, [], target);
        }
      });
    }
  }
}

test('ticks and focus survive a refresh that brings new values', async (t) => {
  const page = await open(t);
  await page.clock.install();
  await page.visit('/accounts/board?b=2&f=12');
  await page.locator('#m40 .tick').check();
  await page.locator('#m44 .tick').check();
  await page.locator('#m42 .tile-link').focus();
  assert.match(await page.locator('[data-tick-count]').innerText(), /2/);
  maria.sql('UPDATE meter_state SET credit_fen=7654321, read_at=UTC_TIMESTAMP(3) WHERE meter_id=42');
  await new Promise((resolve) => { setTimeout(resolve, 1200); });
  await page.clock.runFor(16000);
  await page.locator('#m42', { hasText: '76,543.21' }).waitFor();
  assert.ok(await page.locator('#m40 .tick').isChecked());
  assert.ok(await page.locator('#m44 .tick').isChecked());
  assert.equal(await page.locator('.tick:checked').count(), 2);
  assert.equal(await page.evaluate(() => document.activeElement.closest('.tile')?.id), 'm42');
  assert.match(page.url(), /board\?b=2&f=12$/);

  await page.locator('[data-tick-clear]').click();
  assert.equal(await page.locator('.tick:checked').count(), 0);
  await page.clock.runFor(16000);
  await page.waitForTimeout(300);
  assert.equal(await page.locator('.tick:checked').count(), 0, 'cleared ticks stay cleared');
});

test('a floor is ticked at once and shown as a table', async (t) => {
  const page = await open(t);
  await page.visit('/accounts/board');
  await page.locator('.floor', { hasText: '3层总表' }).locator('[data-tick-all]').check();
  assert.equal(await page.locator('.tick:checked').count(), 37);
  await page.locator('.bulk button[type=submit]').first().click();
  await page.waitForURL(/\/accounts\/meters\?meter=/);
  assert.equal(await page.locator('tbody tr').count(), 37);
});

test('all 259 tiles can be ticked and sent', async (t) => {
  const page = await open(t);
  await page.visit('/accounts/board');
  await page.evaluate(() => document.querySelectorAll('.tick').forEach((tick) => { tick.checked = true; }));
  await page.locator('.bulk button[type=submit]').first().click();
  await page.waitForURL(/\/accounts\/meters\?meter=/);
  assert.match(await page.locator('.list-end').innerText(), /259/);
});

for (const script of [true, false]) {
  test(`filter, search, tick, navigate ${script ? 'with' : 'without'} script`, async (t) => {
    maria.sql("UPDATE operator SET language='zh-CN'");
    const page = await open(t, { script });
    await page.visit('/accounts/board');
    await page.locator('.chips a', { hasText: '报警1' }).click();
    const alarms = await page.locator('.tile').count();
    assert.equal(alarms, Number(maria.one('SELECT COUNT(*) FROM v_meter_now WHERE status=4')));
    await page.locator('.places a', { hasText: '2号楼' }).click();
    assert.equal(await page.locator('.tile').count(), Number(maria.one('SELECT COUNT(*) FROM v_meter_now WHERE status=4 AND building_id=3')));
    await page.locator('#list-search').fill('jd');
    await page.locator('#list-search').press('Enter');
    await page.waitForURL(/st=alarm1.*q=jd|q=jd.*st=alarm1/);
    await page.visit('/accounts/board?b=2&f=11');
    await page.locator('#m30 .tick').check();
    await page.locator('#m31 .tick').check();
    await page.locator('.bulk button[type=submit]').first().click();
    assert.equal(await page.locator('tbody tr').count(), 2);
    await page.locator('tbody a').first().click();
    await page.locator('.navigator a', { hasText: '月' }).click();
    await page.waitForURL(/view=month/);
    const before = page.url();
    await page.locator('.navigator [rel=prev]').click();
    await page.waitForURL((url) => String(url) !== before && /view=month&d=/.test(String(url)));
    await page.locator('.navigator a', { hasText: '今天' }).click();
    await page.locator('#use tbody th a').first().click();
    await page.waitForURL(/\/accounts\/meters\/\d+\?d=|\/accounts\/meters\/\d+$/);
    await page.locator('.navigator input[name=d]').fill('2026-01-15');
    await page.locator('.navigator button').click();
    await page.waitForURL(/d=2026-01-15/);
    assert.match(await page.locator('.navigator strong').innerText(), /2026-01-15/);
    if (script) return;
    for (const target of PAGES) {
      await page.visit(target);
      assert.ok(await page.locator('h1').innerText(), target);
    }
  });
}

test('charts are drawn from the table, and a bar opens its day', async (t) => {
  const page = await open(t);
  await page.visit('/accounts/meters/50?view=month');
  const canvas = page.locator('figure.chart canvas');
  await canvas.waitFor();
  const drawn = await canvas.evaluate((element) => element.getContext('2d').getImageData(0, 0, element.width, element.height).data.some((value) => value > 0));
  assert.ok(drawn);
  await page.visit('/accounts/overview');
  await page.locator('figure.chart canvas').waitFor();
});
