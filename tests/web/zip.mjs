// Reads a zip archive with nothing of the product's: names and contents, checksums compared.
import assert from 'node:assert/strict';
import zlib from 'node:zlib';

const TABLE = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

export function unzip(bytes) {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  assert.ok(end >= 0, 'an archive has an end');
  const files = {};
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    assert.equal(bytes.readUInt32LE(at), 0x02014b50);
    const [method, crc, packed] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 20)];
    const [nameLength, extra, comment, from] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32),
      bytes.readUInt32LE(at + 42)];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const start = from + 30 + bytes.readUInt16LE(from + 26) + bytes.readUInt16LE(from + 28);
    const content = bytes.subarray(start, start + packed);
    files[name] = method === 0 ? content : zlib.inflateRawSync(content);
    assert.equal(crc32(files[name]), crc, name);
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

const plain = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&')
  .replace(/_x000D_/g, '\r');

// Rows of a sheet as arrays: strings, numbers, undefined for an empty cell.
export function sheetRows(xml) {
  assert.ok(xml.trimEnd().endsWith('</worksheet>'));
  assert.ok(!/<f[ >]/.test(xml), 'no cell is a formula');
  return [...xml.matchAll(/<row r="(\d+)"[^>]*?(?:\/>|>([\s\S]*?)<\/row>)/g)].map((row) => {
    const cells = [];
    for (const cell of (row[2] ?? '').matchAll(/<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
      const column = [...cell[1]].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0) - 1;
      const text = /<t[^>]*>([\s\S]*?)<\/t>/.exec(cell[3] ?? '');
      cells[column] = text ? plain(text[1]) : Number(/<v>([^<]*)<\/v>/.exec(cell[3] ?? '')?.[1]);
    }
    return cells;
  });
}

export function csvRows(text) {
  const rows = [[]];
  let field = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') field += text[++i];
      else if (c === '"') quoted = false;
      else field += c;
    } else if (c === '"') quoted = true;
    else if (c === ',' || c === '\r') {
      rows.at(-1).push(field);
      field = '';
    } else if (c === '\n') rows.push([]);
    else field += c;
  }
  rows.pop();
  return rows;
}
