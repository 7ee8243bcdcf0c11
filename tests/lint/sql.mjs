// Statements are literals, name their columns and are bounded; migrations are numbered without a gap.
import { complain, files, lineAt, read, withoutComments } from './lib.mjs';

// Macros that stand for literals: parts that several statements share.
const sources = files(['lib', 'cgi-bin', 'collector', 'ctl'], /\.[ch]$/).map((file) => [file, withoutComments(read(file))]);
const macros = new Map();
for (const [, text] of sources) {
  for (const [, name, body] of text.matchAll(/^#define[ \t]+([A-Z]\w*)(?:\([^)]*\))?[ \t]+((?:\\\n|[^\n])*)/gm)) macros.set(name, body.replaceAll('\\\n', ' '));
}

// The text of adjacent string literals and such macros, and where it ends.
function literal(text, start) {
  const piece = /\s*(?:"((?:\\.|[^"\\])*)"|([A-Z][A-Z0-9_]*)\b(?:\([^()]*\))?)/gy;
  let value = null;
  let end = start;
  piece.lastIndex = start;
  for (let match; (match = piece.exec(text)) !== null; end = piece.lastIndex) {
    if (match[1] === undefined && !macros.has(match[2])) break;
    value = (value ?? '') + (match[1] ?? literal(macros.get(match[2]), 0).value ?? '');
  }
  return { value, end, isWhole: /^\s*([,}]|$)/.test(text.slice(end)) };
}

// A SELECT that reads many rows says how many at most: LIMIT, or a reason in .bounded.
function check(file, line, sql, entry) {
  const words = sql.replace(/\\[nt]/g, ' ').replace(/'[^']*'/g, "''").toUpperCase();
  if (/\bSELECT\s+(\w+\.)?\*/.test(words) || /,\s*\w+\.\*/.test(words)) complain(file, line, 'SELECT * : name the columns');
  if (/^\s*(SELECT|WITH)\b/.test(words) && !/\bLIMIT\b/.test(words) && !/\.bounded\s*=/.test(entry)) {
    complain(file, line, 'no LIMIT, and .bounded does not say why it cannot return many rows');
  }
  if (/^\s*INSERT\b/.test(words) && !/\bINTO\s+[\w.]+\s*\(/.test(words)) complain(file, line, 'INSERT without a column list');
  if (/^\s*(UPDATE|DELETE)\b/.test(words) && !/\bWHERE\b|\bLIMIT\b/.test(words)) complain(file, line, 'changes every row');
}

for (const [file, text] of sources) {
  for (const match of text.matchAll(/\.sql\s*=/g)) {
    const line = lineAt(text, match.index);
    const { value, end, isWhole } = literal(text, match.index + match[0].length);
    if (value === null || !isWhole) complain(file, line, 'a statement is built from parts: only literals');
    else check(file, line, value, text.slice(match.index, text.indexOf('}', end)));
  }
}

const numbers = files(['sql'], /^sql\/\d{4}_\w+\.sql$/).map((file) => Number(file.slice(4, 8)));
numbers.forEach((number, i) => {
  if (number !== i + 1) complain('sql', 0, `migration ${i + 1} is missing or stands twice`);
});
const schema = /#define\s+DB_SCHEMA\s+(\d+)/.exec(read('lib/base/db.h'));
if (schema === null || Number(schema[1]) !== numbers.length) {
  complain('lib/base/db.h', 0, `DB_SCHEMA is not the newest migration (${numbers.length})`);
}
