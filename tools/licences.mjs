/**
 * npm run licences: writes THIRD-PARTY.md, the licences of all that is installed with the package and of all
 * that is bundled into it. With --check it writes nothing and says whether the page is as it would be written.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE = `${root}THIRD-PARTY.md`;
/** What may be used without asking anybody. */
const PERMISSIVE = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD']);

function packageAt(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
  if (!PERMISSIVE.has(license)) throw new Error(`${name} has the licence ${license}: may it be used?`);
  const file = readdirSync(root + folder).find((entry) => /^licen[cs]e/i.test(entry));
  return {
    name,
    version,
    license,
    text: file ? readFileSync(`${root}${folder}/${file}`, 'utf8').trim() : '',
  };
}

/** Packages that npm installs with this one. */
function installed() {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
  const needed = Object.entries(packages).filter(
    ([folder, { dev, devOptional, peer, optional }]) => folder && !dev && !devOptional && !peer && !optional,
  );
  return needed.map(([folder]) => packageAt(folder));
}

/** Packages of which parts are in a bundle that is published. */
async function bundled() {
  const entryPoints = [
    'cli/charts.ts',
    'host/browser/index.ts',
    'host/worker/index.ts',
    'host/worker/script.ts',
  ];
  const options = {
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    outdir: 'none',
    logLevel: 'error',
  };
  const loader = { '.wasm': 'binary' };
  const paths = entryPoints.map((entry) => root + entry);
  const { metafile } = await build({ ...options, loader, absWorkingDir: root, entryPoints: paths });
  const folders = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file.match(/node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  return [...new Set(folders.filter(Boolean))].sort().map(packageAt);
}

const beside = installed();
const within = await bundled();
const row = ({ name, version, license }) => `| ${name} | ${version} | ${license} |`;
const table = (packages) => ['| package | version | licence |', '| --- | --- | --- |', ...packages.map(row)];
const texts = within.map(({ name, license, text }) => `### ${name}: ${license}\n\n\`\`\`\n${text}\n\`\`\`\n`);
const page = [
  '# Software of others',
  '',
  'Written by `npm run licences`; a test checks it. The Wasm modules and the models contain nothing of others.',
  'What only tests and training use is installed by those who do that, and is not part of the package.',
  '',
  '## Installed with the package',
  '',
  ...table(beside),
  '',
  '## Bundled into `dist/browser` (wasm-feature-detect) and `build/charts.js` (all others)',
  '',
  ...table(within),
  '',
  ...texts,
].join('\n');

if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, 'utf8') !== page) {
  console.log('THIRD-PARTY.md differs from what is installed and bundled: npm run licences writes it anew');
  process.exit(1);
}
