/** Runs the built command as a user does, in a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = path.join(root, 'dist/cli/beex.js');
const lock = path.join(root, 'dist/.building');
const SOURCES = ['assembly', 'host', 'trainer', 'cli'];
const WAIT_MS = 50;
/** A lock that is older was left behind by a run that was killed. */
const LOCK_MS = 60_000;

/** Compiles the TypeScript into dist when a source is newer. Test files run side by side: one builds. */
export async function buildOnce(): Promise<void> {
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  while (isStale()) {
    if (!takeLock()) {
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      continue;
    }
    try {
      const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
      const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
        cwd: root,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`the sources do not compile:\n${stdout}`);
    } finally {
      rmSync(lock, { recursive: true });
    }
  }
}

function takeLock(): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    if (Date.now() - modified(lock) > LOCK_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function isStale(): boolean {
  const time = modified(built);
  return SOURCES.some((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .some((name) => modified(path.join(root, folder, name)) > time),
  );
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Circumstances {
  env?: NodeJS.ProcessEnv;
  /** Where the user stands. */
  cwd?: string;
  /** Presses Ctrl-C as soon as standard error says this. */
  interruptAt?: RegExp;
}

/** What `beex` with these arguments does; standard input is empty unless given. */
export function beex(
  args: string[],
  stdin: string | Uint8Array = '',
  { env = {}, cwd, interruptAt }: Circumstances = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [built, ...args], {
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let isInterrupted = false;
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    outcome.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    outcome.stderr += text;
    if (!interruptAt?.test(outcome.stderr) || isInterrupted) return;
    isInterrupted = true;
    child.kill('SIGINT');
  });
  // The command may be done before it has read all of its input.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...outcome, code }));
  });
}

export { built };
