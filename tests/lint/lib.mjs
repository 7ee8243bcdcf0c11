// What the checks of this folder share: the files of the tree, and one way to complain.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(process.env.LINT_ROOT ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '../..'));

const SKIP = new Set(['.git', 'build', 'node_modules', 'vendor']);

// Paths below the folders, relative to the root, that match the pattern.
export function files(folders, pattern) {
  const found = [];
  const walk = (folder) => {
    for (const entry of fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory() && !SKIP.has(entry.name)) walk(name);
      else if (entry.isFile() && pattern.test(name)) found.push(name);
    }
  };
  for (const folder of folders) if (fs.existsSync(path.join(ROOT, folder))) walk(folder);
  return found.sort();
}

export const read = (name) => fs.readFileSync(path.join(ROOT, name), 'utf8');

// The same text with comments of C blanked, lines kept, so that positions still hold.
export function withoutComments(text) {
  return text.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (piece) =>
    piece[0] === '/' ? piece.replace(/[^\n]/g, ' ') : piece);
}

export const lineAt = (text, index) => text.slice(0, index).split('\n').length;

let count = 0;
export function complain(file, line, what) {
  count++;
  console.log(`${file}${line ? `:${line}` : ''}: ${what}`);
}

process.on('exit', (code) => {
  if (code === 0 && count > 0) process.exitCode = 1;
});
