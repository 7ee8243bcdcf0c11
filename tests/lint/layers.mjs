// Includes cross no layer, and each foreign library has its owners.
//
//   base <- model <- web <- one program;  model <- collector, ctl;  the simulator shares nothing.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, complain, files, lineAt, read, withoutComments } from './lib.mjs';

// Folder of the file -> folders whose headers it may include, besides its own.
const LAYERS = [
  [/^lib\/base\//, ['lib/base']],
  [/^lib\/model\//, ['lib/base', 'lib/model']],
  [/^cgi-bin\/web\//, ['lib/base', 'lib/model', 'cgi-bin/web']],
  [/^cgi-bin\/([^/]+)\//, ['lib/base', 'lib/model', 'cgi-bin/web', 'cgi-bin/$1']],
  [/^collector\//, ['lib/base', 'lib/model', 'collector', 'collector/profiles']],
  [/^ctl\//, ['lib/base', 'lib/model', 'ctl']],
  [/^tests\/sim\//, ['tests/sim']],
];

// Where the compiler looks for an include in quotes: beside the file, below lib, and in the folder of the layer.
const SEARCH = (file) => [path.dirname(file), 'lib', ...(file.startsWith('cgi-bin/') ? ['cgi-bin/web'] : []),
  ...(file.startsWith('collector/') ? ['collector'] : [])];

const OWNERS = [
  [/^(mariadb|mysql)\/|^mysql/, /^lib\/base\/db\w*\.[ch]$/],
  [/^fcgi/, /^cgi-bin\/web\/app\.c$/],
  [/^(ClearSilver\/)?(ClearSilver|util\/|cs\/)/, /^cgi-bin\/web\/(view|lang|template)\.c$/],
  [/^modbus/, /^collector\/link\.c$/],
  [/^xlsxwriter/, /^cgi-bin\/web\/(export|xlsx)\.c$/],
  [/^zip\.h/, /^(cgi-bin\/web\/(export|xlsx)|lib\/base\/sheet_part)\.c$/],
  [/^expat/, /^lib\/base\/sheet_part\.c$/],
  [/^iconv/, /^lib\/base\/csv\.c$/],
  [/^sodium/, /^lib\/base\/secret\.c$/],
  [/^liboath\//, /^lib\/base\/totp\.c$/],
  [/^qrencode/, /^lib\/base\/qr\.c$/],
  [/^ini\.h/, /^lib\/base\/conf\.c$/],
  [/^uni(str|norm|ctype|case|conv|type)/, /^lib\/base\/(text|pinyin)\.c$/],
  [/^unicode\//, /^lib\/base\/(text|pinyin)\.c$/],
  [/^pthread|^stdatomic/, /^(collector|tests\/sim|lib\/base|lib\/model)\//],
];

function checkOwn(file, name, line, allowed) {
  const home = SEARCH(file).map((folder) => path.normalize(path.join(folder, name)))
    .find((candidate) => fs.existsSync(path.join(ROOT, candidate)));
  if (name.includes('..')) complain(file, line, `"${name}" leaves its folder`);
  else if (home === undefined) complain(file, line, `"${name}" is not found where the layer may look`);
  else if (!allowed.includes(path.dirname(home))) complain(file, line, `"${name}" of ${path.dirname(home)} crosses a layer`);
}

for (const file of files(['lib', 'cgi-bin', 'collector', 'ctl', 'tests/sim'], /\.[ch]$/)) {
  const [pattern, folders] = LAYERS.find(([layer]) => layer.test(file)) ?? [];
  if (pattern === undefined) {
    complain(file, 0, 'belongs to no layer');
    continue;
  }
  const allowed = folders.map((folder) => folder.replace('$1', pattern.exec(file)[1]));
  const text = withoutComments(read(file));
  for (const match of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)) {
    const line = lineAt(text, match.index);
    if (match[1] === '"') {
      checkOwn(file, match[2], line, allowed);
      continue;
    }
    for (const [header, owner] of OWNERS) {
      if (header.test(match[2]) && !owner.test(file)) complain(file, line, `<${match[2]}> belongs to ${owner.source}`);
    }
  }
}
