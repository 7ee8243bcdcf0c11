// The pages in a real browser: both languages, light and dark, wide and narrow, with and without script.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep, startMaria, startWeb, until, writeConf } from '../harness/harness.mjs';
import { LOOKS, assertAccessible, assertFits, follow, openPage, refresh } from './browser.mjs';
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

async function open(t, options) {
  const page = await openPage(t, { ...options, url: web.url, cookies: door.cookies });
  page.visit = (target) => page.goto(web.url + target.slice(1));
  return page;
}

for (const { language, scheme, width } of LOOKS) {
  test(`every page fits and is accessible: ${language} ${scheme} ${width}`, async (t) => {
    maria.sql(`UPDATE operator SET language='${language}', theme='auto'`);
    const page = await open(t, { language, scheme, width });
    for (const target of PAGES) {
      await page.visit(target);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      await assertFits(page, target);
      await assertAccessible(page, target);
    }
  });
}

// A worker looks at the database at most once a second, so a change is on the page after the next second.
async function refreshBoard(page) {
  await sleep(1200);
  await refresh(page, 16000);
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
  await refreshBoard(page);
  assert.match(await page.locator('#m42').innerText(), /76,543\.21/);
  assert.ok(await page.locator('#m40 .tick').isChecked());
  assert.ok(await page.locator('#m44 .tick').isChecked());
  assert.equal(await page.locator('.tick:checked').count(), 2);
  assert.equal(await page.evaluate(() => document.activeElement.closest('.tile')?.id), 'm42');
  assert.match(page.url(), /board\?b=2&f=12$/);

  await page.locator('[data-tick-clear]').click();
  assert.equal(await page.locator('.tick:checked').count(), 0);
  maria.sql('UPDATE meter_state SET credit_fen=7654322, read_at=UTC_TIMESTAMP(3) WHERE meter_id=42');
  await refreshBoard(page);
  assert.match(await page.locator('#m42').innerText(), /76,543\.22/);
  assert.equal(await page.locator('.tick:checked').count(), 0, 'cleared ticks stay cleared');
});

const showTicked = (page) => follow(page, /\/accounts\/meters\?meter=/, () => page.locator('.bulk > button[formaction="/accounts/meters"]:not([name])').click());

test('a floor is ticked at once and shown as a table', async (t) => {
  const page = await open(t);
  await page.visit('/accounts/board');
  await page.locator('.floor', { hasText: '3层总表' }).locator('[data-tick-all]').check();
  assert.equal(await page.locator('.tick:checked').count(), 37);
  await showTicked(page);
  assert.equal(await page.locator('tbody tr').count(), 37);
});

test('all 259 tiles can be ticked and sent', async (t) => {
  const page = await open(t);
  await page.visit('/accounts/board');
  for (const all of await page.locator('.floor [data-tick-all]').all()) await all.check();
  await showTicked(page);
  assert.match(await page.locator('.list-end').innerText(), /259/);
});

for (const script of [true, false]) {
  test(`filter, search, tick, navigate ${script ? 'with' : 'without'} script`, async (t) => {
    maria.sql("UPDATE operator SET language='zh-CN'");
    const page = await open(t, { script });
    const click = (selector, address, words = '') => follow(page, address, () => page.locator(selector, { hasText: words }).first().click());
    const assertTiles = async (where) => assert.equal(await page.locator('.tile').count(), Number(maria.one(`SELECT COUNT(*) FROM v_meter_now WHERE ${where}`)));
    await page.visit('/accounts/board');
    await click('.chips a', /st=alarm1/, '报警1');
    await assertTiles('status=4');
    await click('.places a', /b=3/, '2号楼');
    await assertTiles('status=4 AND building_id=3');
    await page.locator('#list-search').fill('jd');
    await follow(page, /st=alarm1.*q=jd|q=jd.*st=alarm1/, () => page.locator('#list-search').press('Enter'));
    await assertTiles("status=4 AND building_id=3 AND tenant_initials LIKE 'jd%'");

    await page.visit('/accounts/board?b=2&f=11');
    await page.locator('#m30 .tick').check();
    await page.locator('#m31 .tick').check();
    await showTicked(page);
    assert.equal(await page.locator('tbody tr').count(), 2);
    await click('tbody a', /\/accounts\/meters\/30/);

    await click('.navigator a', /view=month/, '月');
    const month = page.url();
    await click('.navigator [rel=prev]', /view=month&d=/);
    assert.notEqual(page.url(), month);
    await click('.navigator a', /view=month$|view=month&d=/, '今天');
    await click('#use tbody th a', /\/accounts\/meters\/30(\?d=[\d-]+)?$/);
    const day = maria.one('SELECT DATE(UTC_TIMESTAMP() - INTERVAL 40 DAY)');
    await page.locator('.navigator input[name=d]').fill(day);
    await click('.navigator button', new RegExp(`d=${day}`));
    assert.match(await page.locator('.navigator strong').innerText(), new RegExp(day));
    if (script) return;
    for (const target of PAGES) {
      await page.visit(target);
      assert.ok(await page.locator('h1').innerText(), target);
    }
  });
}

test('charts are drawn from the table', async (t) => {
  const page = await open(t);
  for (const target of ['/accounts/meters/50?view=month', '/accounts/overview']) {
    await page.visit(target);
    const canvas = page.locator('figure.chart canvas');
    await canvas.waitFor();
    await until(`something is drawn on ${target}`, () => canvas.evaluate((element) => element.getContext('2d').getImageData(0, 0, element.width, element.height).data.some((value) => value > 0)), 30);
  }
});
