// The pages of alarms in a real browser: both languages, light and dark, wide and narrow, with and without script.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { alarmRows } from './alarm.mjs';
import { LOOKS, assertAccessible, assertFits, follow, openPage } from './browser.mjs';
import { building } from './building.mjs';
import { unlimit } from './fastcgi.mjs';

const PASSWORD = 'kestrel-lamp-9-oven';
const PAGES = ['/accounts/alarms', '/accounts/alarms?tab=history', '/accounts/alarms?q=zzzz', '/accounts/alarms?kind=disk_low&b=3', '/accounts/alarms/1001', '/accounts/alarms/1040', '/accounts/alarms/2003',
  '/accounts/alarms/rules', '/accounts/maintenance', '/accounts/overview', '/accounts/board?st=tripped&st=arrears&st=protected', '/settings/system/rules'];

const maria = await startMaria();
building(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
await web.operator({ username: 'looker', role: 'manager', password: PASSWORD });
maria.sql("INSERT IGNORE INTO role_permission SELECT role_id, 'setting.edit' FROM role WHERE code = 'manager'");
const door = web.client();
await door.signIn('looker', PASSWORD);
alarmRows(maria, maria.one("SELECT operator_id FROM operator WHERE username = 'looker'"));

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
      const answer = await page.visit(target);
      assert.equal(answer.status(), 200, target);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      await assertFits(page, target);
      await assertAccessible(page, target);
    }
  });
}

for (const script of [true, false]) {
  test(`tick, acknowledge, mute, comment, plan ${script ? 'with' : 'without'} script`, async (t) => {
    maria.sql("UPDATE operator SET language='en'");
    const [first, second, third] = script ? [1010, 1011, 1012] : [1013, 1014, 1015];
    const page = await open(t, { script, language: 'en' });
    const tick = (id) => page.locator(`#alarm-${id} input.tick`).check();
    await page.visit('/accounts/alarms');
    await tick(first);
    await tick(second);
    await page.locator('#note').fill('seen');
    await follow(page, /\/accounts\/alarms$/, () => page.locator('button[value=acknowledge]').click());
    assert.match(await page.locator('#flash').innerText(), /2 alarms acknowledged/);
    assert.match(await page.locator(`#alarm-${first}`).innerText(), /seen/);
    await tick(third);
    await page.locator('#hours').selectOption('24');
    await follow(page, /\/accounts\/alarms$/, () => page.locator('button[value=mute]').click());
    assert.match(await page.locator(`#alarm-${third}`).innerText(), /Muted until/);

    await follow(page, new RegExp(`alarms/${third}$`), () => page.locator(`#alarm-${third} td a`).first().click());
    await page.locator('#note').fill('on my way');
    await follow(page, new RegExp(`alarms/${third}$`), () => page.locator('form[action$=comment] button').click());
    assert.match(await page.locator('ul.events').innerText(), /on my way/);

    await page.visit('/accounts/maintenance');
    await page.locator('#place').selectOption({ index: 1 });
    await page.locator('#reason').fill(`works ${script}`);
    await follow(page, /\/accounts\/maintenance$/, () => page.locator('form[action="/accounts/maintenance"] button').first().click());
    assert.match(await page.locator('table.list').innerText(), new RegExp(`works ${script}`));
  });
}
