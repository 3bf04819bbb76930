/**
 * A GPU driver in software, so that WebGPU can be tested without a GPU: SwiftShader, which Debian's
 * package `chromium` brings, or whatever VK_ICD_FILENAMES names. Slow, and exact enough.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const CHROMIUM = '/usr/lib/chromium';
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What makes Dawn find the driver, read when a process starts; undefined where there is none. */
export function driverEnvironment(): NodeJS.ProcessEnv | undefined {
  const described = process.env['VK_ICD_FILENAMES'] ?? join(CHROMIUM, 'vk_swiftshader_icd.json');
  if (!existsSync(described)) return undefined;
  return {
    VK_ICD_FILENAMES: described,
    // Chromium brings Vulkan's loader too, beside its driver.
    LD_LIBRARY_PATH: [dirname(described), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
    XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? tmpdir(),
  };
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a TypeScript file of this folder in a process of its own, to its own end. */
export async function runChild(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  const child = spawn(process.execPath, ['--input-type=module', '-', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  const ended: Ended = { code: null, signal: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    ended.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    ended.stderr += text;
  });
  child.stdin.end(outputFiles[0].contents);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...ended, code, signal }));
  });
}
