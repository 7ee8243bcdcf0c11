// README's table of settings against what the program says of itself (lib/base/conf.c).
// `node tests/lint/settings.mjs --write` puts the right table into README.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const program = path.join(process.env.BUILD ?? 'build', 'bin/voltillctl');
const printed = execFileSync(program, ['--config', '/dev/null', '--print-config']).toString();
const rows = ['| setting | default | meaning |', '|---|---|---|'];
let section = '';
let meaning = '';
for (const line of printed.split('\n')) {
  const heading = /^\[(\w+)\]$/.exec(line);
  const comment = /^# (.*)$/.exec(line);
  const value = /^(\w+) =\s*(.*)$/.exec(line);
  if (heading) section = heading[1];
  if (comment) meaning = comment[1];
  if (value) rows.push(`| \`${section}.${value[1]}\`${/\(SIGHUP\)$/.test(meaning) ? ' *' : ''} | ${value[2] ? `\`${value[2]}\`` : ''} | ${meaning.replace(/ \(SIGHUP\)$/, '')} |`);
}
const table = `${rows.join('\n')}\n`;

const mark = /(<!-- settings: begin[^>]*-->\n)([\s\S]*?)(<!-- settings: end -->)/;
const readme = fs.readFileSync('README.md', 'utf8');
if (process.argv[2] === '--write') {
  fs.writeFileSync('README.md', readme.replace(mark, `$1${table}$3`));
} else if (mark.exec(readme)?.[2] !== table) {
  console.log('README.md: the table of settings is not what the program prints; run node tests/lint/settings.mjs --write');
  process.exit(1);
}
