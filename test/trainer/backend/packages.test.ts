/** Optional packages: where they are looked for, and what is said when one is missing. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locate, locateAll, MissingPackageError } from '../../../trainer/backend/packages.ts';

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'beex-packages-')));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

function install(name: string): string {
  const file = join(folder, 'node_modules', name, 'main.js');
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(join(file, '..', 'package.json'), JSON.stringify({ name, main: 'main.js' }));
  writeFileSync(file, '');
  return file;
}

test('one that lies beside beexformer is found from anywhere, and goes first', () => {
  const ours = locate('webgpu');
  expect(ours?.startsWith(folder)).toBe(false);
  install('webgpu');
  expect(locate('webgpu')).toBe(ours);
});

test('one that lies where the user stands is found there', () => {
  expect(locate('beex-lamp')).toBeUndefined();
  const file = install('beex-lamp');
  expect(locate('beex-lamp')).toBe(file);
});

test('the first that is missing is named, with the whole command', () => {
  const find = () => locateAll('The backend lamp', ['webgpu', 'beex-lamp'], ['webgpu@0.6', 'beex-lamp@1']);
  expect(find).toThrow(MissingPackageError);
  expect(find).toThrow(
    'The backend lamp needs beex-lamp, which is not installed. Install it with:\n  npm install webgpu@0.6 beex-lamp@1',
  );
  const file = install('beex-lamp');
  expect(find()).toEqual([locate('webgpu'), file]);
});
