/**
 * npm run nodes: brings other versions of Node to .tools, for the tests that compare them. npm has them as
 * packages; nothing of them is installed outside that folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const VERSIONS = ['22', '24'];
const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

for (const version of VERSIONS) {
  const folder = `${root}.tools/node-${version}`;
  const program = `${folder}/node_modules/${name}/bin/node`;
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/package.json`, '{ "private": true }\n');
    const args = [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      `${name}@${version}`,
    ];
    spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  console.log(`Node ${version}: ${stdout?.trim() || 'could not be installed; its tests will skip'}`);
}
