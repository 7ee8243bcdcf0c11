// What a template must not hold: style and script inside the page (the policy refuses them), raw output,
// includes that fail in silence, unquoted attributes, addresses made of data, and words.
import { complain, files, lineAt, read } from './lib.mjs';

const HTMX = /^hx-(get|post|target|swap|trigger|select|include|push-url|replace-url|confirm|status(:\w+)?|sse:connect|indicator|disable)$/;
// Attributes that people read: their text comes from the dictionary.
const READ = /^(title|alt|placeholder|aria-label|content)$/;
// The product's name, and signs that are the same in both languages.
const WORDS_ALLOWED = /^(Voltill|h|A|B|C)$/;
// Names of finished addresses: …Href of C, our own paths, files with a digest, fields that links point at.
const ADDRESS = /(^|\.)(\w*Href|Action|Here|Path)$|^Asset\.\w+$|^error\.Field$|^href$/;
const COMMANDS = [
  [/<\?cs\s+(uvar|evar|lvar|linclude|escape|alt)\b/g, 'raw output (alt too is not escaped) or templates made of data'],
  [/<\?cs\s+include\s*:/g, 'a missing file would be silent: include!"…"'],
  [/<\?cs\s+include!(?!\s*")/g, 'includes are literals'],
  [/\bescape\s*:\s*"none"/g, 'escaping is never switched off'],
];

const blank = (text) => text.replace(/[^\n]/g, ' ');

// One tag; values of attributes with commands inside are kept as they stand.
const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:<\?cs[\s\S]*?\?>|"(?:<\?cs[\s\S]*?\?>|[^"])*"|'(?:<\?cs[\s\S]*?\?>|[^'])*'|[^>"'<])*)>/g;
const ATTRIBUTE = /([^\s"'=<>/]+)(?:\s*=\s*("(?:<\?cs[\s\S]*?\?>|[^"])*"|'(?:<\?cs[\s\S]*?\?>|[^'])*'|[^\s>]+))?/g;

const words = (text) => text.replace(/<\?cs[\s\S]*?\?>/g, ' ').replace(/&#?\w+;/g, ' ')
  .match(/\p{Script=Han}+|[A-Za-z]{1,}/gu)?.filter((word) => !WORDS_ALLOWED.test(word)) ?? [];

function checkAddress(file, line, name, value) {
  const data = /^<\?cs\s*var:\s*([\w.[\]]+)/.exec(value);
  if (data !== null && !ADDRESS.test(data[1])) complain(file, line, `${name} begins with ${data[1]}, which is no finished address`);
  else if (/^\s*[a-z]+:/i.test(value) && !/^tel:/.test(value)) complain(file, line, `${name} with a scheme: ${value.slice(0, 30)}`);
}

function checkAttribute(file, line, tag, name, value) {
  if (/^(style|on\w+)$/i.test(name) || /^hx-on/i.test(name)) complain(file, line, `${name} on <${tag}>: the policy refuses it`);
  if (name.startsWith('hx-') && !HTMX.test(name)) complain(file, line, `${name} is not among the attributes of htmx in use`);
  if (value === undefined) return;
  if (!/^["']/.test(value)) complain(file, line, `${name} on <${tag}> is not quoted`);
  const inner = value.replace(/^["']|["']$/g, '');
  if (/^hx-/.test(name) && /(^|[\s,])(js|javascript):|\[/.test(inner)) complain(file, line, `${name} needs eval`);
  if (/^(href|src|action|formaction|hx-get|hx-post)$/.test(name)) checkAddress(file, line, name, inner);
  if (READ.test(name) && tag !== 'meta') for (const word of words(inner)) complain(file, line, `word in ${name}: ${word}`);
}

function checkTags(file, text) {
  for (const match of text.matchAll(TAG)) {
    const line = lineAt(text, match.index);
    const tag = match[2].toLowerCase();
    if (tag === 'style') complain(file, line, '<style>: the policy refuses it');
    if (tag === 'script' && !match[1] && !/\ssrc="<\?cs var:Asset\./.test(match[3])) complain(file, line, '<script> without a file of ours');
    if (tag === 'html' && file !== 'templates/layout.cs') complain(file, line, '<html> belongs to layout.cs');
    // Conditions around attributes go; those inside values stay.
    const inside = match[3].replace(/"(?:<\?cs[\s\S]*?\?>|[^"])*"|'(?:<\?cs[\s\S]*?\?>|[^'])*'|<\?cs[\s\S]*?\?>/g, (piece) =>
      piece.startsWith('<?cs') ? blank(piece) : piece);
    for (const attribute of inside.matchAll(ATTRIBUTE)) checkAttribute(file, line, tag, attribute[1], attribute[2]);
  }
}

for (const file of files(['templates'], /\.cs$/)) {
  // A macro named …attributes makes attributes: they are looked at as those of a tag.
  const text = read(file).replace(/<\?cs\s*#[\s\S]*?\?>/g, blank)
    .replace(/(def:\w*attributes\(\w*\)\s*\?>)([\s\S]*?)(<\?cs\s*\/def)/g, '$1<input $2>$3');
  for (const [pattern, why] of COMMANDS) {
    for (const match of text.matchAll(pattern)) complain(file, lineAt(text, match.index), `${match[0]}: ${why}`);
  }
  for (const match of text.matchAll(/<!--/g)) complain(file, lineAt(text, match.index), 'a comment that is sent to browsers');
  checkTags(file, text);
  const shown = text.replace(TAG, blank).replace(/<\?cs[\s\S]*?\?>/g, blank).replace(/<!doctype html>/i, blank);
  for (const match of shown.matchAll(/\S+/g)) {
    for (const word of words(match[0])) complain(file, lineAt(shown, match.index), `word outside the dictionary: ${word}`);
  }
}

// Icons that pages name are in the sprite.
const icons = new Set(read('tools/icons.txt').replace(/#.*/g, '').split(/\s+/));
for (const file of files(['templates'], /\.cs$/)) {
  const text = read(file).replace(/<\?cs\s*#[\s\S]*?\?>/g, blank);
  for (const match of text.matchAll(/call:ui_(?:icon|stat|empty|submit)\("([\w-]+)"|IconsSvg \?>#([\w-]+)"/g)) {
    const icon = match[1] ?? match[2];
    if (!icons.has(icon)) complain(file, lineAt(text, match.index), `no icon ${icon} in tools/icons.txt`);
  }
}

// Colours of the dark set stand twice in app.css; they are the same.
const dark = [...read('static/css/app.css').matchAll(/\[data-bs-theme=(dark|auto)\]\s*\{([^}]*)\}/g)]
  .map((match) => match[2].replace(/\s+/g, ' '));
if (dark.length !== 2 || dark[0] !== dark[1]) complain('static/css/app.css', 0, 'the two dark sets of colours differ');
