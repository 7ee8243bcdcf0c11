// What the browser tests share: pages that fail their test when the browser complains, the wait for the
// page a click leads to, and the checks every page must pass.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { PATIENCE, ROOT, startBrowser } from '../harness/harness.mjs';

const AXE = fs.readFileSync(path.join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Every two of language, scheme and width meet in one of these.
export const LOOKS = [{ language: 'zh-CN', scheme: 'light', width: 1280 }, { language: 'zh-CN', scheme: 'dark', width: 390 },
  { language: 'en', scheme: 'dark', width: 1280 }, { language: 'en', scheme: 'light', width: 390 }];

// VOLTILL_THROTTLE=6 makes the processor of every page six times slower: races of a test with its page
// become visible.
const THROTTLE = Number(process.env.VOLTILL_THROTTLE ?? 1);

const browser = await startBrowser();

// An answer with an error status is no complaint, a file of ours that is missing is. A refresh that was
// under way when the test left the page is htmx's "failed to fetch".
function isComplaint(message) {
  if (!['error', 'warning'].includes(message.type()) || /^htmx: htmx:error: Failed to fetch/.test(message.text())) return false;
  return !/Failed to load resource/.test(message.text()) || message.location().url.includes('/static/');
}

// A page in a context of its own; `cookies` are those of a harness client that is signed in at `url`.
export async function openPage(t, { language = 'zh-CN', script = true, width = 1280, scheme = 'light', url, cookies = [] } = {}) {
  const context = await browser.newContext({ locale: language, javaScriptEnabled: script, colorScheme: scheme, viewport: { width, height: 900 } });
  context.setDefaultTimeout(60000 * PATIENCE);
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url })));
  const page = await context.newPage(), complaints = [];
  page.on('console', (message) => isComplaint(message) && complaints.push(`${page.url()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  if (THROTTLE > 1) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  return page;
}

// Does what leads to another page (a click, a key) and waits until that page has loaded. A click by
// itself waits for nothing: what is read right after it may be of the page before, and a `goto` right
// after it would take the request back. Works for a page with the same address too (POST, 303).
export async function follow(page, address, act) {
  const arrived = page.waitForEvent('load', { predicate: () => address.test(page.url()) }).catch((error) => {
    throw new Error(`no page ${address} came, this is ${page.url()}: ${error.message}`);
  });
  await Promise.all([arrived, act()]);
}

// Lets the time of a page with a clock of Playwright's pass until its next refresh by htmx, and waits until
// the new values are in the page.
export async function refresh(page, period_ms) {
  const swapped = page.evaluate(() => new Promise((resolve) => { document.addEventListener('htmx:after:swap', () => resolve(), { once: true }); }));
  await page.clock.runFor(period_ms);
  await swapped;
}

// Through the debugger, as the policy of the page forbids a script of ours.
export async function assertAccessible(page, what, rules = RULES) {
  const found = await page.evaluate(`${AXE}; axe.run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] })
    .then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target + ' ' + n.failureSummary.split('\\n')[1]).join(' | ')))`);
  assert.deepEqual(found, [], what);
}

export async function assertFits(page, what) {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(excess, 0, `${what} scrolls sideways`);
}
