// The kit by itself: sample pages rendered by the checker of templates and served with our policy, so
// that layout, macros, style and script are tried in a browser without database or programs.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { BUILD, ROOT, makeDir } from '../../harness/harness.mjs';

const STATUSES = ['open', 'alarm1', 'alarm2', 'arrears', 'tripped', 'protected', 'unopened', 'lost'];
const NAMES = ['京东西北', '小面馆', '张三', '星河美容美发沙龙（很长的店铺名字）', '顺丰速运', '<b>&"', '', '瑞幸咖啡'];
const TYPES = { css: 'text/css', js: 'application/javascript', svg: 'image/svg+xml' };

// {a: {b: 1}, c: [x]} -> "a.b = 1", "c.0 = x"
function hdf(value, name = '') {
  if (value === null || typeof value !== 'object') return `${name} = ${value}\n`;
  return Object.entries(value).map(([key, child]) => hdf(child, name === '' ? key : `${name}.${key}`)).join('');
}

const seen = (age_s, isOld) => ({ At: `${new Date(Date.now() - age_s * 1000).toISOString().slice(0, 19)}Z`, Text: '2026-11-23 10:30:05', Age: '…', ...(isOld ? { IsOld: 1 } : {}) });

function sample(language, theme, page) {
  const signed = page === 'signed-out' ? {} : { IsSignedIn: 1, Username: 'manager', Name: '<script>"王主管', Role: 'manager', May: { MeterView: 1, Export: 1 } };
  return {
    Page: { Lang: language, OtherLang: language === 'en' ? 'zh-CN' : 'en', Theme: theme, Title: page, Here: `/${language}/${theme}/${page}`, Version: 'v0', Refresh: 60 },
    Site: { Name: '云谷<b>大厦' }, Csrf: '00ff', User: signed, Flash: { Text: '…', Key: 'Saved' },
    Nav: ['Overview', 'Board', 'Meters', 'Gateways'].map((Key, i) => ({ Key, Href: `/${Key}`, ...(i === 1 ? { Current: 1 } : {}), ...(i === 0 ? { Group: 'Monitor' } : {}) })),
    Asset: { BootstrapMinCss: '/static/vendor/bootstrap.min.css', HtmxMinJs: '/static/vendor/htmx.min.js', ChartUmdMinJs: '/static/vendor/chart.umd.min.js',
      IconsSvg: '/static/vendor/icons.svg', AppCss: '/static/css/app.css', AppJs: '/static/js/app.js', ChartJs: '/static/js/chart.js' },
    Error: { Status: 503, Title: 'Title', Text: 'Text', Advice: 'Advice', Id: '4f2a9c01' },
    Form: { Errors: [{ Field: 'name', Text: 'first' }, { Field: '', Text: 'whole' }], name: { Error: 'first', Required: 1, Value: '<b>&"' },
      mode: { Choice: [{ Value: 'meter' }, { Value: 'monitor', Selected: 1 }] }, active: { Checked: 1 }, amount: { Value: '500.00' } },
    List: { Total: 252, RangeText: '1–8', IsFiltered: 1, Search: '京"', Reset: { Href: '/reset' }, Next: { Href: '?p=2' },
      Pager: [{ Page: 1, Current: 1 }, { Page: 2, Href: '?p=2' }, { IsGap: 1 }, { Page: 32, Href: '?p=32' }],
      Sort: { room: { Href: '?sort=-room', Aria: 'ascending' }, credit: { Href: '?sort=credit', Aria: 'none' } },
      Export: { Xlsx: { Href: '?format=xlsx' }, Csv: { Href: '?format=csv' } } },
    Navigator: { Unit: ['Day', 'Week', 'Month'].map((Key, i) => ({ Key, Href: `?u=${i}`, ...(i ? {} : { Current: 1 }) })), Previous: { Href: '?p' }, Next: { Href: '?n' },
      Today: { Href: '?t' }, Text: '2026-11-23', Pick: { Action: '/x', Type: 'date', Name: 'day', Value: '2026-11-23' } },
    Chips: [{ Count: 252, Href: '?' }, ...STATUSES.map((Status, i) => ({ Status, Count: i, Href: `?st=${Status}`, ...(i === 1 ? { Current: 1 } : {}) }))],
    Tiles: [...STATUSES, ...STATUSES, ...STATUSES].map((Status, i) => ({ Id: i, Href: `/meters/${i}`, Room: 701 + i, Name: NAMES[i % 8], Status, Balance: '1,476.13',
      Switch: ['closed', 'open', 'partial', 'unknown'][i % 4], Seen: seen(Status === 'lost' ? 7300 : 180 + i, Status === 'lost'), ...(Status === 'lost' ? { Before: 'arrears' } : {}) })),
    Hours: [...Array(24).keys()].map((h) => ({ Level: [4, 3, 2, 1, 0, 'none'][h % 6], Text: `${h}:00 98 %` })),
    Use: [...Array(24).keys()].map((h) => ({ Label: `${String(h).padStart(2, '0')}:00`, Href: `/hour/${h}`, ...(h === 5 ? {} : { Sharp: 1 + h / 10, Peak: 2, Power: 3 }) })),
  };
}

// Static files as they are, everything else rendered: /LANGUAGE/THEME/PAGE. `fail` makes the next answers fail,
// `held` is a promise that answers to forms wait for.
export async function startKit() {
  const folder = makeDir();
  const policy = /Content-Security-Policy "([^"]+)"/.exec(fs.readFileSync(path.join(ROOT, 'nginx/headers.conf'), 'utf8'))[1];
  const checker = path.join(BUILD, 'lint/check_templates');
  execFileSync('make', ['-s', `BUILD=${path.relative(ROOT, BUILD)}`, 'vendor', path.relative(ROOT, checker)], { cwd: ROOT });
  for (const name of ['ui.cs', 'layout.cs', 'error.cs', 'lang']) fs.symlinkSync(path.join(ROOT, 'templates', name), path.join(folder, name));
  fs.symlinkSync(path.join(ROOT, 'tests/web/kit'), path.join(folder, 'kit'));
  const kit = { fail: 0, posted: 0, held: undefined };

  async function render(language, theme, page) {
    const data = path.join(folder, `${language}-${theme}-${page}.hdf`);
    fs.writeFileSync(data, hdf(sample(language, theme, page)));
    const template = { error: 'error.cs', 'signed-out': 'kit/form.cs' }[page] ?? `kit/${page}.cs`;
    return (await promisify(execFile)(checker, [folder, template, language, data], { maxBuffer: 1 << 24 })).stdout;
  }

  async function answer(request, response) {
    const { pathname } = new URL(request.url, 'http://kit');
    response.setHeader('content-security-policy', policy);
    if (request.method === 'POST') {
      kit.posted++;
      await kit.held;
      return response.end('sent');
    }
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    if (pathname.startsWith('/static/')) {
      response.setHeader('content-type', TYPES[pathname.split('.').pop()]);
      return response.end(fs.readFileSync(path.join(ROOT, path.normalize(pathname))));
    }
    const isFragment = request.headers['hx-request'] === 'true';
    if (isFragment && kit.fail) return response.writeHead(kit.fail, { 'content-type': 'text/html' }).end('<h1>failed</h1>');
    const html = await render(...pathname.slice(1).split('/'));
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(isFragment ? /<main[^>]*>([\s\S]*)<\/main>/.exec(html)[1].replace(/^[\s\S]*?(?=<div id="board")/, '') : html);
  }

  const server = http.createServer((request, response) => answer(request, response).catch((error) => response.writeHead(500).end(String(error))));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  kit.stop = () => {
    server.close();
    server.closeAllConnections();
    fs.rmSync(folder, { recursive: true });
  };
  return Object.assign(kit, { url: `http://127.0.0.1:${server.address().port}` });
}
