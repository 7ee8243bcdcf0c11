// Layout, macros, style and script in a browser, with sample data (tests/web/kit). What the programs
// put into the pages is tried by the other files of this folder.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROOT, until } from '../harness/harness.mjs';
import { LOOKS, assertAccessible, assertFits, follow, openPage, refresh } from './browser.mjs';
import { startKit } from './kit/site.mjs';

const PAGES = ['board', 'list', 'chart', 'form', 'error', 'signed-out'];
const kit = await startKit();
after(() => kit.stop());

const address = (name, { language = 'zh-CN', theme = 'light' }) => `${kit.url}/${language}/${theme}/${name}`;
async function open(t, name, look = {}) {
  const page = await openPage(t, look);
  await page.goto(address(name, look));
  return page;
}

const ticked = (view) => view.evaluate(() => [...document.querySelectorAll('.tick:checked')].map((tick) => Number(tick.value)));
const focused = (view) => view.evaluate(() => document.activeElement.closest('.tile')?.id ?? document.activeElement.id);

// The system decides when the theme is auto, and only then.
for (const { language, scheme, width } of LOOKS) {
  const look = width === 1280 ? { language, width, scheme, theme: 'auto' } :
    { language, width, scheme: scheme === 'dark' ? 'light' : 'dark', theme: scheme };
  test(`every page is accessible, within the policy and as wide as the window: ${Object.values(look).join(' ')}`, async (t) => {
    const page = await openPage(t, look);
    for (const name of PAGES) {
      await page.goto(address(name, look));
      await assertFits(page, name);
      await assertAccessible(page, name);
    }
  });
}

test('data is shown as text, never as markup', async (t) => {
  const view = await open(t, 'board');
  assert.equal(await view.locator('#m5 .tile-name').textContent(), '<b>&"');
  assert.equal(await view.locator('main b', { hasText: '&' }).count(), 0);
  assert.equal(await view.locator('.user-name').textContent(), '<script>"王主管');
  assert.equal(await view.locator('.brand span').textContent(), '云谷<b>大厦');
  assert.equal(await view.title(), 'board · 云谷<b>大厦');
});

test('theme auto follows the system without script, light and dark do not', async (t) => {
  const background = async (theme, scheme) => {
    const view = await open(t, 'form', { theme, scheme, script: false });
    const colour = await view.locator('.card').evaluate((card) => getComputedStyle(card).backgroundColor);
    return colour;
  };
  const [light, dark] = ['rgb(255, 255, 255)', 'rgb(26, 32, 39)'];
  assert.equal(await background('auto', 'light'), light);
  assert.equal(await background('auto', 'dark'), dark);
  assert.equal(await background('light', 'dark'), light);
  assert.equal(await background('dark', 'light'), dark);
});

test('without script the menus open, the table stands for the chart and pages refresh', async (t) => {
  const view = await open(t, 'chart', { script: false });
  await view.locator('details.menu').last().locator('summary').click();
  assert.equal(await view.locator('form[action="/login/out"] button').isVisible(), true);
  assert.equal(await view.locator('figure.chart').isVisible(), false);
  assert.equal(await view.locator('#use tbody tr').count(), 24);
  assert.match(await view.locator('noscript').first().evaluate((n) => n.innerHTML), /http-equiv="refresh" content="60"/);
});

test('a chart is drawn from its table, gaps stay gaps, a bar opens its row', async (t) => {
  const view = await open(t, 'chart');
  const drawn = await view.evaluate(() => {
    const chart = window.Chart.getChart(document.querySelector('figure canvas'));
    return chart.data.datasets.map((set) => ({ type: set.type, gap: set.data[5], first: set.data[0], axis: set.yAxisID }));
  });
  assert.deepEqual(drawn, [{ type: 'bar', gap: null, first: 1, axis: 'left' }, { type: 'bar', gap: null, first: 2, axis: 'left' },
    { type: 'line', gap: null, first: 3, axis: 'right' }]);
  const place = await view.evaluate(() => {
    const bar = window.Chart.getChart(document.querySelector('figure canvas')).getDatasetMeta(1).data[7];
    return { x: bar.x, y: (bar.y + bar.base) / 2 };
  });
  await follow(view, /\/hour\/7$/, () => view.locator('figure canvas').click({ position: place }));
});

// A page whose time stands still but for what the test lets pass.
async function openStill(t, name) {
  const view = await openPage(t);
  await view.clock.install();
  await view.goto(address(name, {}));
  await view.clock.pauseAt(Date.now() + 3600_000);
  return view;
}

test('ticks: ranges with shift, all at once, counted, and kept with focus and elements through refreshes', async (t) => {
  const view = await openStill(t, 'board');
  await view.evaluate(() => { window.tile = document.querySelector('#m3'); });
  await view.locator('#m1 .tick').click();
  await view.locator('#m4 .tick').click({ modifiers: ['Shift'] });
  await view.locator('#m2 .tile-link').focus();
  assert.match(await view.locator('[data-tick-count]').textContent(), /4/);
  for (let i = 0; i < 2; i++) {
    await refresh(view, 1000);
    assert.deepEqual(await ticked(view), [1, 2, 3, 4]);
    assert.match(await view.locator('[data-tick-count]').textContent(), /4/);
    assert.equal(await focused(view), 'm2');
    assert.equal(await view.evaluate(() => window.tile === document.querySelector('#m3')), true);
  }
  await view.locator('[data-tick-all]').click();
  assert.equal((await ticked(view)).length, 24);
});

test('keys: arrows walk the tiles, a slash searches, Escape closes a menu', async (t) => {
  const view = await open(t, 'board');
  await view.locator('#m2 .tile-link').focus();
  await view.keyboard.press('ArrowRight');
  assert.equal(await focused(view), 'm3');
  await view.keyboard.press('ArrowDown');
  const below = await view.evaluate(() => [document.querySelector('#m3').offsetLeft, document.activeElement.closest('.tile').offsetLeft]);
  assert.equal(below[0], below[1]);
  await view.keyboard.press('/');
  assert.equal(await focused(view), 'search');
  await view.keyboard.type('/a');
  assert.equal(await view.locator('#search').inputValue(), '/a');
  const menu = view.locator('details.menu').last();
  await menu.locator('summary').click();
  await view.keyboard.press('Escape');
  assert.equal(await menu.evaluate((details) => details.open), false);
});

test('a hidden window does not ask; a failed refresh keeps the page and says so', async (t) => {
  const view = await openStill(t, 'board');
  const hide = (is) => view.evaluate((value) => Object.defineProperty(document, 'hidden', { get: () => value, configurable: true }), is);
  await hide(true);
  let asked = 0;
  view.on('request', () => asked++);
  await view.clock.runFor(5000);
  assert.equal(asked, 0);
  await hide(false);
  await refresh(view, 1000);
  await view.clock.resume();
  t.after(() => { kit.fail = 0; });
  kit.fail = 503;
  await view.locator('#live.offline').waitFor();
  assert.equal(await view.locator('.tile').count(), 24);
  kit.fail = 0;
  await view.locator('#live.offline').waitFor({ state: 'detached' });
});

test('ages are told from the time in the page', async (t) => {
  const view = await open(t, 'board', { language: 'en' });
  assert.equal(await view.locator('#m0 time').textContent(), '3 min ago');
  assert.equal(await view.locator('#m7 time').textContent(), '2 h ago');
});

test('a form is sent once, and opens on its errors', async (t) => {
  const view = await open(t, 'form');
  assert.equal(await focused(view), 'errors');
  const before = kit.posted;
  let presses = 0;
  await view.exposeFunction('pressed', () => presses++);
  let answer;
  kit.held = new Promise((resolve) => { answer = resolve; });
  await follow(view, /sent$/, async () => {
    await view.evaluate(() => setInterval(() => {
      document.querySelector('form[action="/kit/sent"]').requestSubmit();
      window.pressed();
    }, 50));
    await until('the form arrives', () => kit.posted > before);
    const already = presses;
    await until('more presses', () => presses > already + 2);
    answer();
  });
  assert.equal(kit.posted, before + 1);
});

test('below 576 pixels rows are cards with their heads, and sorting stays', async (t) => {
  const view = await open(t, 'list', { width: 390 });
  const cell = view.locator('tbody tr').first().locator('td').nth(2);
  assert.equal(await cell.evaluate((td) => getComputedStyle(td, '::before').content), '"余额"');
  assert.equal(await view.locator('thead th[aria-sort] a').first().isVisible(), true);
  assert.equal(await view.locator('.side').evaluate((nav) => getComputedStyle(nav).position), 'fixed');
});

test('what every page loads is light', () => {
  const size = (file) => gzipSync(fs.readFileSync(path.join(ROOT, file)), { level: 9 }).length;
  const common = ['static/vendor/bootstrap.min.css', 'static/css/app.css', 'static/vendor/htmx.min.js', 'static/js/app.js', 'static/vendor/icons.svg'];
  assert.ok(common.reduce((sum, file) => sum + size(file), 0) < 64_000); // a second and a half at 350 kbit/s, once
});
