/**
 * npm run hashes: writes SHA256SUMS, the sums of every model and every Wasm module that is published, in the
 * form that `sha256sum -c` reads. With --check it writes nothing and says what differs.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LIST = `${root}SHA256SUMS`;

const namesIn = (folder, suffix) =>
  readdirSync(root + folder)
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => `${folder}/${name}`);

const { targets } = JSON.parse(readFileSync(`${root}asconfig.json`, 'utf8'));
const modules = Object.values(targets)
  .map(({ outFile }) => outFile)
  .sort();
const sumOf = (file) =>
  createHash('sha256')
    .update(readFileSync(root + file))
    .digest('hex');
const found = [...modules, ...namesIn('models', '.beex')].map((file) => `${sumOf(file)}  ${file}`);

if (process.argv.includes('--check')) {
  const listed = existsSync(LIST) ? readFileSync(LIST, 'utf8').trim().split('\n') : [];
  const other = found.filter((line) => !listed.includes(line));
  const gone = listed.filter((line) => !found.some((one) => one.slice(66) === line.slice(66)));
  for (const line of other) console.log(`differs from SHA256SUMS, or is not in it: ${line.slice(66)}`);
  for (const line of gone) console.log(`is in SHA256SUMS only: ${line.slice(66)}`);
  if (other.length + gone.length > 0) process.exit(1);
} else writeFileSync(LIST, `${found.join('\n')}\n`);
