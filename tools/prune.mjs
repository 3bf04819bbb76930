/**
 * Deletes from build and dist what no source makes any more: both are published, and a module whose source is
 * gone must not be. Bundles that have their own scripts, the demo's and the extension's too, are left alone.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const COMPILED = ['assembly', 'host', 'trainer', 'cli'];
const CHARTS = 'build/charts.js';

const { targets } = JSON.parse(readFileSync(`${root}asconfig.json`, 'utf8'));
const built = new Set([CHARTS, ...Object.values(targets).map(({ outFile }) => outFile)]);

function filesOf(folder) {
  if (!existsSync(root + folder)) return [];
  const entries = readdirSync(root + folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`);
}

function remove(file) {
  console.log(`pruned ${file.slice(root.length)}`);
  rmSync(file);
}

for (const folder of COMPILED) {
  for (const file of filesOf(`dist/${folder}`)) {
    const source = file
      .slice(root.length)
      .replace(/^dist\//, '')
      .replace(/(\.d)?\.ts$|\.js$/, '.ts');
    // What AssemblyScript compiles never comes out of the TypeScript compiler.
    if (!existsSync(root + source) || source.endsWith('.as.ts')) remove(file);
  }
}
// Nothing that is published lies loose in dist.
for (const name of readdirSync(`${root}dist`)) if (name.endsWith('.js')) remove(`${root}dist/${name}`);
for (const file of filesOf('build')) if (!built.has(file.slice(root.length))) remove(file);
