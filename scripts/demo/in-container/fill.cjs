// @ts-check
// Runs in a container: fills an empty folder with one kind of sample content. The same every time.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { crc32, deflateSync } = require('node:zlib');

const [folder = '', kind = ''] = process.argv.slice(1);

/** @param {string} seed @param {number} bytes */
function noise(seed, bytes) {
  const blocks = [];
  for (let length = 0, i = 0; length < bytes; length += 32, i++) {
    blocks.push(createHash('sha256').update(`${seed} ${i}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** @param {string} name @param {string | Buffer} content */
function write(name, content) {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

function database() {
  for (let i = 0; i < 8; i++) write(`segments/${String(i).padStart(4, '0')}.seg`, noise(`segment ${i}`, 4 << 20));
  for (let i = 0; i < 1_500; i++) {
    const order = { order: i, customer: `customer-${i % 97}`, total: ((i * 7919) % 50_000) / 100, currency: 'EUR' };
    write(`orders/${String(i % 30).padStart(2, '0')}/${i}.json`, `${JSON.stringify(order, undefined, 2)}\n`);
  }
  write('VERSION', '3\n');
  fs.symlinkSync('segments/0007.seg', path.join(folder, 'current'));
  fs.linkSync(path.join(folder, 'VERSION'), path.join(folder, 'VERSION.lock'));
  fs.mkdirSync(path.join(folder, 'ledger'), { mode: 0o700 });
  fs.chownSync(path.join(folder, 'ledger'), 999, 999);
}

function uploads() {
  for (let i = 0; i < 60; i++)
    write(`pictures/2026/${String((i % 12) + 1).padStart(2, '0')}/photo-${i}.png`, picture(i));
  for (const name of ['Prices.csv', 'Größen und Maße.csv', '价格.csv']) {
    write(`documents/${name}`, 'article;price\ncup;4.50\nplate;6.20\n');
  }
}

function experiment() {
  for (let i = 0; i < 40; i++) write(`run-${i}/result.bin`, noise(`run ${i}`, 200_000));
}

/** A valid PNG with a gradient. @param {number} seed */
function picture(seed) {
  const side = 256;
  const rows = Buffer.alloc(side * (1 + side * 3));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = y * (1 + side * 3) + 1 + x * 3;
      rows[at] = (x + seed * 5) & 255;
      rows[at + 1] = (y * 2 + seed * 11) & 255;
      rows[at + 2] = ((x * y) >> 6) & 255;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8); // eight bits, red green blue
  const chunk = (/** @type {string} */ type, /** @type {Buffer} */ body) => {
    const typed = Buffer.concat([Buffer.from(type), body]);
    const framed = Buffer.alloc(8 + typed.length);
    framed.writeUInt32BE(body.length, 0);
    typed.copy(framed, 4);
    framed.writeUInt32BE(crc32(typed), 4 + typed.length);
    return framed;
  };
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const none = Buffer.alloc(0);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', none)]);
}

/** @type {Record<string, () => void>} */
const kinds = { database, uploads, experiment };
if (fs.readdirSync(folder).length === 0) {
  kinds[kind]?.();
  console.log('filled');
}
