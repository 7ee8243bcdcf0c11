// Functions end before 70 lines and files before 600.
import { complain, files, read } from './lib.mjs';

const FUNCTION_LINES = 70;
const FILE_LINES = 600;

for (const file of files(['lib', 'cgi-bin', 'collector', 'ctl', 'tests', 'static'], /\.(c|h|mjs|js|css)$/)) {
  const lines = read(file).split('\n');
  if (lines.length - 1 > FILE_LINES) complain(file, 0, `${lines.length - 1} lines, at most ${FILE_LINES}`);
  if (!file.endsWith('.c')) continue;
  let begin = -1;
  lines.forEach((line, i) => {
    if (line === '{') begin = i;
    if (line === '}' && begin >= 0) {
      const length = i - begin + 1;
      if (length > FUNCTION_LINES) complain(file, begin, `${lines[begin - 1].split('(')[0]} has ${length} lines, at most ${FUNCTION_LINES}`);
      begin = -1;
    }
  });
}
