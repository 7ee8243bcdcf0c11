// Calls, words and addresses that have no place in the tree.
import { complain, files, lineAt, read, withoutComments } from './lib.mjs';

// [what, why, files it may stand in]
const IN_C = [
  [/\bMODBUS_ERROR_RECOVERY_LINK\b/, 'libmodbus must not sleep and reconnect by itself'],
  [/\bMYSQL_OPT_RECONNECT\b(?!, &no\b)/, 'a connection is opened again by hand, never in the middle of a transaction'],
  [/\b(system|popen)\s*\(/, 'no shell'],
  [/\b(strcpy|strcat|sprintf|vsprintf|gets|strncpy|strncat|alloca)\s*\(/, 'not bounded: snprintf or text_copy'],
  [/\b(atoi|atol|atoll|atof)\s*\(/, 'does not report errors: text_parse_uint or strtol'],
  [/\b(strtok|localtime|gmtime|asctime|ctime|rand|srand|tmpnam|mktemp)\s*\(/, 'shared state or weak: use the _r form or ours'],
  [/\b(cgi_display|hdf_read_string|hdf_set_valuef)\s*\(/, 'data must never be read as a data set or a format'],
  [/\bLOCK TABLES\b/, 'whole transactions are retried instead'],
  [/\b(float|double)\b/, 'money and energy are integers', /^(collector\/|cgi-bin\/web\/xlsx\.c$|lib\/base\/sheet_xlsx\.c$)/],
];

// The tree says what is, not what was meant to come, and knows no machine.
const ANYWHERE = [
  [/\b(TODO|FIXME|XXX)\b/, 'an unfinished thought'],
  [/(^|[\s"'=:(])\/(work|home|root)\//, 'an absolute path of one machine'],
  [/https?:\/\/[^/\s"']*(registry|npmjs)/, 'the host of a package registry'],
];

function search(file, text, rules) {
  for (const [pattern, why, except] of rules) {
    if (except?.test(file)) continue;
    for (const match of text.matchAll(new RegExp(pattern, 'g'))) {
      complain(file, lineAt(text, match.index), `${match[0].trim()}: ${why}`);
    }
  }
}

const own = ['lib', 'cgi-bin', 'collector', 'ctl'];
for (const file of files(own, /\.[ch]$/)) {
  const text = withoutComments(read(file));
  search(file, text, IN_C);
  for (const match of text.matchAll(/\bgoto\s+(\w+)/g)) {
    if (match[1] !== 'out' && match[1] !== 'fail') complain(file, lineAt(text, match.index), `goto ${match[1]}: only out or fail`);
  }
}
for (const file of files([...own, 'tests', 'templates', 'static', 'sql', 'nginx', 'tools', '.ci'], /./)) {
  if (!file.startsWith('tests/lint/')) search(file, read(file), ANYWHERE);
}
for (const file of ['Makefile', 'package.json', 'package-lock.json', '.npmrc', 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
  try {
    search(file, read(file), ANYWHERE);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

// The lock file pins everything and names no host.
const lock = JSON.parse(read('package-lock.json'));
for (const [name, entry] of Object.entries(lock.packages)) {
  if (entry.resolved !== undefined) complain('package-lock.json', 0, `${name} names where it was fetched from`);
  if (name !== '' && entry.integrity === undefined) complain('package-lock.json', 0, `${name} has no digest`);
}
const manifest = JSON.parse(read('package.json'));
for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
  if (!/^\d+\.\d+\.\d+$/.test(version)) complain('package.json', 0, `${name} is not pinned exactly`);
}
