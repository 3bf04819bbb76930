/**
 * What stands around a run in its folder: only one process trains there, what a killed one left half written
 * is cleared away, and a run that goes wrong says which good state is left.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { CheckpointError, DivergedError, readCheckpoint, UNFINISHED, writeError } from './checkpoint.ts';

/** Names the process that trains in the folder; gone when it has ended, stale when it was killed. */
export const LOCK_FILE = 'training.lock';

interface Owner {
  pid: number;
  host: string;
}

/** Folders that this process trains in. */
const own = new Set<string>();

/**
 * Runs `work` while no other process does so for the same folder, which is made when it is not there.
 * @throws CheckpointError when one does, or the folder can't be written; DivergedError with a remedy
 */
export async function guardRun<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const place = resolve(folder);
  const lock = join(place, LOCK_FILE);
  takeLock(place, lock);
  own.add(place);
  try {
    for (const name of readdirSync(place)) if (UNFINISHED.test(name)) rmSync(join(place, name));
    return await work();
  } catch (error) {
    throw error instanceof DivergedError ? withRemedy(folder, error) : error;
  } finally {
    own.delete(place);
    rmSync(lock, { force: true });
    // A start that was refused leaves no folder behind.
    if (existsSync(place) && readdirSync(place).length === 0) rmdirSync(place);
  }
}

function takeLock(folder: string, lock: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (!create(lock)) {
      refuseIfHeld(folder, lock);
      rmSync(lock, { force: true });
      if (!create(lock)) refuseIfHeld(folder, lock);
    }
  } catch (error) {
    throw error instanceof CheckpointError ? error : writeError(folder, error);
  }
}

/** False when there is a lock already: that the file is new and that it is made is one step. */
function create(lock: string): boolean {
  const owner: Owner = { pid: process.pid, host: hostname() };
  try {
    writeFileSync(lock, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A lock whose process is gone holds nothing. */
function refuseIfHeld(folder: string, lock: string): void {
  const owner = readOwner(lock);
  if (!owner) return;
  const { pid, host } = owner;
  // Numbers of processes come again, in containers soon: our own number may be that of one that died.
  const isHeld = host === hostname() ? (pid === process.pid ? own.has(folder) : isAlive(pid)) : true;
  if (!isHeld) return;
  const where = host === hostname() ? '' : ` on ${host}`;
  throw new CheckpointError(
    `${folder}: process ${pid}${where} is training here; name another folder with --out ` +
      `(if that process is no training, delete ${lock})`,
  );
}

function readOwner(lock: string): Owner | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(lock, 'utf8')) as Owner;
    return Number.isInteger(pid) && pid > 0 ? { pid, host } : undefined;
  } catch {
    // Gone meanwhile, or cut short by a power cut.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function withRemedy(folder: string, error: DivergedError): DivergedError {
  let remedy = 'start again with a lower --learning-rate';
  try {
    const { stage, step } = readCheckpoint(folder).progress;
    remedy =
      `the checkpoint of step ${step} of stage ${stage + 1} is sound: lower learningRate in ` +
      `${join(folder, 'run.json')} and go on with beex train --resume ${folder}, or start again with a lower one`;
  } catch {
    // There is no checkpoint yet.
  }
  return new DivergedError(`${error.message}; ${remedy}`, { cause: error });
}
