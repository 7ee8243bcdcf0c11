// Layout, macros, style and script in a browser, with sample data (tests/web/kit). What the programs
// put into the pages is tried by the other files of this folder.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROOT, startBrowser, until } from '../harness/harness.mjs';
import { startKit } from './kit/site.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PAGES = ['board', 'list', 'chart', 'form', 'error', 'signed-out'];
const LOOKS = [['zh-CN', 'light', 1280], ['zh-CN', 'dark', 390], ['zh-CN', 'auto', 1280], ['en', 'dark', 1280], ['en', 'light', 390]];
const kit = await startKit();
after(() => kit.stop());
const browser = await startBrowser();

async function open(t, page, { language = 'zh-CN', theme = 'light', width = 1280, ...context } = {}) {
  const around = await browser.newContext({ viewport: { width, height: 800 }, ...context });
  t.after(() => around.close());
  const view = await around.newPage();
  const troubles = [];
  view.on('console', (message) => ['error', 'warning'].includes(message.type()) && troubles.push(message.text()));
  view.on('pageerror', (error) => troubles.push(error.message));
  await view.addInitScript(() => {
    window.refused = [];
    document.addEventListener('securitypolicyviolation', (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await view.goto(`${kit.url}/${language}/${theme}/${page}`);
  await view.waitForLoadState('load');
  return Object.assign(view, { troubles });
}

const ticked = (view) => view.evaluate(() => [...document.querySelectorAll('.tick:checked')].map((tick) => Number(tick.value)));
const focused = (view) => view.evaluate(() => document.activeElement.closest('.tile')?.id ?? document.activeElement.id);
const polled = async (from = kit.asked) => until('a refresh', () => kit.asked > from);

for (const [language, theme, width] of LOOKS) {
  test(`every page is accessible, within the policy and as wide as the window: ${language} ${theme} ${width}`, async (t) => {
    for (const name of PAGES) {
      const view = await open(t, name, { language, theme, width, colorScheme: theme === 'auto' ? 'dark' : 'light' });
      await view.evaluate(AXE);
      const violations = await view.evaluate(async (rules) => (await window.axe.run(document, { runOnly: rules })).violations
        .map((v) => `${v.id}: ${v.nodes[0].html}`), RULES);
      assert.deepEqual(violations, [], name);
      assert.deepEqual(await view.evaluate(() => window.refused), [], name);
      assert.deepEqual(view.troubles, [], name);
      assert.equal(await view.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, `${name} scrolls sideways`);
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
  const background = async (theme, colorScheme) => {
    const view = await open(t, 'form', { theme, colorScheme, javaScriptEnabled: false });
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
  const view = await open(t, 'chart', { javaScriptEnabled: false });
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
  await view.locator('figure canvas').click({ position: place });
  await view.waitForURL(/\/hour\/7$/);
});

test('ticks: ranges with shift, all at once, counted, and kept with focus and elements through refreshes', async (t) => {
  const view = await open(t, 'board');
  await view.evaluate(() => { window.tile = document.querySelector('#m3'); });
  await view.locator('#m1 .tick').click();
  await view.locator('#m4 .tick').click({ modifiers: ['Shift'] });
  await view.locator('#m2 .tile-link').focus();
  assert.match(await view.locator('[data-tick-count]').textContent(), /4/);
  await polled();
  await polled();
  assert.deepEqual(await ticked(view), [1, 2, 3, 4]);
  assert.match(await view.locator('[data-tick-count]').textContent(), /4/);
  assert.equal(await focused(view), 'm2');
  assert.equal(await view.evaluate(() => window.tile === document.querySelector('#m3')), true);
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
  const view = await open(t, 'board');
  const hide = (is) => view.evaluate((value) => Object.defineProperty(document, 'hidden', { get: () => value, configurable: true }), is);
  await hide(true);
  const asked = kit.asked;
  await view.waitForTimeout(2200);
  assert.equal(kit.asked, asked);
  await hide(false);
  await polled();
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
  await view.evaluate(async () => {
    const form = document.querySelector('form[action="/kit/sent"]');
    form.requestSubmit();
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    form.requestSubmit();
  });
  await view.waitForURL(/sent$/);
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
  assert.ok(common.reduce((sum, file) => sum + size(file), 0) < 60_000);
});
