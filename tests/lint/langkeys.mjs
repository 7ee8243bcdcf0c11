// Both dictionaries hold the same keys with the same places {0}; every key used exists; every key is used.
import { complain, files, lineAt, read, withoutComments } from './lib.mjs';

const LANGUAGES = ['zh-CN', 'en'];
// Branches of which not every word is on a page yet: vocabulary, and what is looked up by a code of the data.
const SPARE = /^(Word|Month|Weekday|Error\.Page)\./;

// key -> value. HDF as our dictionaries use it: nested braces and "name = value", names with dots.
function parse(file) {
  const keys = new Map();
  const path = [];
  read(file).split('\n').forEach((raw, i) => {
    const line = raw.trim();
    const pair = /^([\w.]+)\s*=\s*(.*)$/.exec(line);
    const branch = /^([\w.]+)\s*\{$/.exec(line);
    if (line === '' || line.startsWith('#')) return;
    if (pair !== null) {
      const key = [...path.slice(1), pair[1]].join('.');
      if (keys.has(key)) complain(file, i + 1, `${key} stands twice`);
      if (pair[2] === '') complain(file, i + 1, `${key} is empty`);
      keys.set(key, pair[2]);
    } else if (branch !== null) path.push(branch[1]);
    else if (line === '}') path.pop();
    else complain(file, i + 1, 'not understood');
  });
  if (path.length !== 0) complain(file, 0, 'braces do not match');
  return keys;
}

const [chinese, english] = LANGUAGES.map((language) => parse(`templates/lang/${language}.hdf`));
const branches = new Set();
for (const key of chinese.keys()) key.split('.').forEach((_, i, parts) => branches.add(parts.slice(0, i + 1).join('.')));

for (const [mine, other, name] of [[chinese, english, 'en'], [english, chinese, 'zh-CN']]) {
  for (const key of mine.keys()) if (!other.has(key)) complain(`templates/lang/${name}.hdf`, 0, `${key} is missing`);
}
const places = (text) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort().join();
for (const [key, value] of chinese) {
  const other = english.get(key);
  if (other !== undefined && places(value) !== places(other)) complain('templates/lang/en.hdf', 0, `${key} has other places than the Chinese`);
}

const used = new Set();   // keys
const rooms = new Set();  // branches whose words are chosen by data

function use(file, line, key) {
  used.add(key);
  if (!chinese.has(key)) complain(file, line, branches.has(key) ? `T.${key} is a branch, not a word` : `T.${key} is not in the dictionary`);
}

for (const file of files(['templates', 'tests/web/kit'], /\.cs$/)) {
  const text = read(file).replace(/<\?cs\s*#[\s\S]*?\?>/g, (comment) => comment.replace(/[^\n]/g, ' '));
  for (const match of text.matchAll(/\bT\.(\w+(?:\.\w+)*)(\[?)/g)) {
    const line = lineAt(text, match.index);
    const key = match[1];
    if (match[2] === '[' || (branches.has(key) && !chinese.has(key))) {
      if (!branches.has(key)) complain(file, line, `T.${key} is not in the dictionary`);
      rooms.add(key);
    } else use(file, line, key);
  }
  // page() takes the title from the name of the template.
  const page = /^templates\/(\w+)\/([a-z]\w*)\.cs$/.exec(file);
  if (page !== null) {
    const name = page.slice(1).map((part) => part.replace(/(^|_)(\w)/g, (_, __, letter) => letter.toUpperCase())).join('.');
    if (chinese.has(`${name}.Title`)) used.add(`${name}.Title`);
  }
}

const CALLS = [
  [/\bview_(?:word|phrase)\s*\(\s*[^"();]*?,\s*"([^"]+)"/g, ''],
  [/\bflash(?:_values)?\s*\(\s*r\s*,\s*"(\w+)"/g, 'Flash.'],
  [/\bform_error\s*\(\s*r\s*,\s*"\w*"\s*,\s*"(\w+)"/g, 'Error.'],
];
for (const file of files(['cgi-bin', 'lib/model'], /\.[ch]$/)) {
  const text = withoutComments(read(file));
  for (const [pattern, prefix] of CALLS) {
    for (const match of text.matchAll(pattern)) {
      if (!match[1].includes('%')) use(file, lineAt(text, match.index), prefix + match[1]);
    }
  }
  // Any literal that names a word, or the beginning of one that a code completes, uses it.
  for (const match of text.matchAll(/"([A-Z][\w.]*?)(\.?%s[\w.%]*)?"/g)) {
    if (match[2] !== undefined) rooms.add(match[1].replace(/\.$/, ''));
    for (const key of [match[1], `Flash.${match[1]}`, `Error.${match[1]}`]) {
      if (chinese.has(key)) used.add(key);
      else if (branches.has(key) && key === match[1]) rooms.add(key);
    }
  }
}

for (const key of chinese.keys()) {
  if (!used.has(key) && !SPARE.test(key) && ![...rooms].some((room) => key.startsWith(`${room}.`))) {
    complain('templates/lang/zh-CN.hdf', 0, `${key} is not used`);
  }
}
