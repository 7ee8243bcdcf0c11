// The pages of people in a real browser: both languages, light and dark, wide and narrow; and without script.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { assertAccessible, assertFits, follow, openPage } from './browser.mjs';
import { building } from './building.mjs';
import { unlimit } from './fastcgi.mjs';

const maria = await startMaria();
building(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const admin = await web.signedIn('admin'), auditor = await web.signedIn('auditor');
const roleId = (code) => maria.one(`SELECT role_id FROM role WHERE code='${code}'`);

// People in every state, a role of their own, and something in the audit of each kind.
for (const [name, role] of [['zhang', 'cashier'], ['li', 'manager'], ['wang', 'finance']]) await web.operator({ username: name, role, password: `pw-${name}-kestrel`, name: `${name} 同学` });
maria.sql(`UPDATE operator SET disabled_at=UTC_TIMESTAMP(3), phone='138 0000 0000' WHERE username='wang';
INSERT INTO login_attempt VALUES('account','li',9,UTC_TIMESTAMP(3),UTC_TIMESTAMP(3)+INTERVAL 1 HOUR);
UPDATE operator SET totp_since=UTC_TIMESTAMP(3) WHERE username='li';
INSERT INTO operator_scope SELECT operator_id, 2 FROM operator WHERE username IN ('zhang','li');
INSERT INTO role(code,name) VALUES('own-1','夜班收费 <b>');
INSERT INTO audit(at,operator_id,actor,address,action,outcome,object_kind,object_id,detail,reason) SELECT UTC_TIMESTAMP(3),operator_id,username,'10.0.0.7','operator.edit','done','operator',operator_id,'display_name: 张三 -> 张三丰\nrole: cashier -> finance\nphone:  -> 13800000000\nbuilding: 1号楼 -> ','按申请单 2026-118' FROM operator WHERE username='zhang';
INSERT INTO audit(at,actor,address,action,outcome,object_kind,object_id,detail,reason) SELECT UTC_TIMESTAMP(3),'nobody','10.0.0.9','session.begin','refused',NULL,NULL,'','wrong password';
INSERT INTO audit(at,actor,address,action,outcome,object_kind,object_id,detail) VALUES(UTC_TIMESTAMP(3),'zhang','10.0.0.7','role.edit','done','role',3,'may meter.edit: no -> yes\nneeds_totp: no -> yes\nsale_max_fen: - -> 500.00\nname: a -> b');`);
const id = (username) => maria.one(`SELECT operator_id FROM operator WHERE username='${username}'`);
const audit = maria.one('SELECT MAX(audit_id) FROM audit');
const PAGES = [
  [admin, ['/settings/operators', '/settings/operators?q=nobody-here', '/settings/operators/new', `/settings/operators/${id('li')}`, `/settings/operators/${id('wang')}`, `/settings/operators/${id(admin.username)}`,
    `/settings/operators/${id('zhang')}/disable`, '/settings/roles', '/settings/roles/new', `/settings/roles/${roleId('admin')}`, `/settings/roles/${roleId('own-1')}`, `/settings/roles/${roleId('own-1')}/delete`, '/login/totp', '/login/confirm?next=/settings']],
  [auditor, ['/settings/audit', '/settings/audit?q=nothing-of-it', `/settings/audit/${audit}`, `/settings/audit?kind=operator&object=${id('zhang')}`]],
];

const shots = process.env.SHOTS;
const shoot = async (page, name) => { if (shots) await page.screenshot({ path: `${shots}/${name.replaceAll(/[^\w.-]+/g, '_')}.png`, fullPage: true }); };

// Each language, each colour and each width, and every pair of them.
for (const [language, scheme, width] of [['zh-CN', 'light', 1280], ['zh-CN', 'dark', 390], ['en', 'dark', 1280], ['en', 'light', 390]]) {
  test(`every page fits and is accessible: ${language} ${scheme} ${width}`, async (t) => {
    maria.sql(`UPDATE operator SET language='${language}', theme='auto'`);
    for (const [client, targets] of PAGES) {
      const page = await openPage(t, { language, scheme, width, url: web.url, cookies: client.cookies });
      for (const target of targets) {
        if (target.startsWith('/login/confirm')) maria.sql('UPDATE session SET confirmed_at=confirmed_at - INTERVAL 1 HOUR');
        await page.goto(web.url + target.slice(1));
        await assertFits(page, target);
        await assertAccessible(page, target);
        await shoot(page, `${language}-${scheme}-${width}${target}`);
      }
      maria.sql('UPDATE session SET confirmed_at=UTC_TIMESTAMP(3)');
    }
  });
}

test('by hand and without script: add, read the password, disable with a reason, look as a role and come back', async (t) => {
  maria.sql("UPDATE operator SET language='zh-CN'");
  const page = await openPage(t, { url: web.url, cookies: admin.cookies, script: false });
  await page.goto(`${web.url}settings/operators`);
  await follow(page, /operators\/new/, () => page.getByRole('link', { name: '添加操作员' }).click());
  await page.getByLabel('用户名').fill('zhao');
  await page.getByLabel('姓名').fill('赵六');
  await page.getByLabel('角色').selectOption({ label: '收费员' });
  await page.getByLabel('园区 / 1号楼').check();
  await follow(page, /operators\/new/, () => page.getByRole('button', { name: '创建并生成一次性密码' }).click());
  assert.match(await page.locator('code.one-time').innerText(), /^\w{5}(-\w{5}){3}$/);
  await shoot(page, 'hand-password');
  await assertFits(page, 'password');
  await follow(page, /operators\/\d+$/, () => page.getByRole('link', { name: '我已告知本人' }).click());
  await follow(page, /disable/, () => page.getByRole('link', { name: '停用' }).click());
  await page.getByLabel('原因').fill('离职');
  await follow(page, /operators\/\d+$/, () => page.getByRole('button', { name: '停用' }).click());
  assert.match(await page.locator('main').innerText(), /已停用/);
  await page.goto(`${web.url}settings/roles/${roleId('cashier')}`);
  await follow(page, /settings/, () => page.getByRole('button', { name: '以此角色预览' }).click());
  await shoot(page, 'hand-viewing');
  await assertFits(page, 'viewing');
  const looker = await openPage(t, { url: web.url, cookies: admin.cookies, width: 390 }); // axe needs script
  await looker.goto(`${web.url}accounts/overview`);
  await assertFits(looker, 'viewing');
  await assertAccessible(looker, 'viewing');
  await shoot(looker, 'hand-viewing-390');
  assert.equal(await page.getByRole('link', { name: '操作员' }).count(), 0);
  await follow(page, /settings\/roles/, () => page.getByRole('button', { name: '结束预览' }).click());
  assert.equal(await page.locator('.viewing').count(), 0);
});

test('the second factor by hand: scan, prove, keep the codes; an expired form is asked for and goes on', async (t) => {
  const page = await openPage(t, { url: web.url, cookies: auditor.cookies });
  await page.goto(`${web.url}login/totp`);
  await page.getByLabel('验证码').fill('000000');
  await follow(page, /totp/, () => page.getByRole('button', { name: '启用两步验证' }).click());
  assert.match(await page.locator('.field-error').innerText(), /验证码不对/);
  await assertAccessible(page, 'totp with an error');
  const other = await openPage(t, { url: web.url, cookies: admin.cookies });
  await other.goto(`${web.url}settings/operators/${id('zhang')}`);
  maria.sql('UPDATE session SET confirmed_at=confirmed_at - INTERVAL 1 HOUR');
  await other.getByLabel('姓名').fill('张 三丰');
  await follow(other, /operators/, () => other.getByRole('button', { name: '保存' }).click());
  await shoot(other, 'hand-confirm');
  await other.getByLabel('密码').fill(admin.password);
  await follow(other, /login\/confirm/, () => other.getByRole('button', { name: '确认' }).click());
  await shoot(other, 'hand-confirmed');
  await assertAccessible(other, 'confirmed');
  await follow(other, /operators\/\d+$/, () => other.getByRole('button', { name: '继续刚才的操作' }).click());
  assert.equal(maria.one("SELECT display_name FROM operator WHERE username='zhang'"), '张 三丰');
});
