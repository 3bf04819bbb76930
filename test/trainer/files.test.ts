/** Checkpoints on disk: round trip, damage, and a write that fails half-way. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  CHECKPOINT_FILE,
  type Checkpoint,
  CheckpointError,
  readCheckpoint,
  writeAtomically,
  writeCheckpoint,
} from '../../trainer/checkpoint.ts';
import { decodeTensors, encodeTensors, TensorFileError } from '../../trainer/safetensors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beex-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const checkpoint: Checkpoint = {
  progress: { stage: 1, step: 42, finished: false },
  optimizerStep: 142,
  weights: new Map([
    ['a', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, -0, 1e-30) }],
    ['b', { shape: [1], values: Float32Array.of(7) }],
  ]),
  moments: new Map([['a/mean', { shape: [6], values: new Float32Array(6).fill(0.25) }]]),
  averages: new Map([['b', { shape: [1], values: Float32Array.of(6.5) }]]),
  averaged: 3,
};

test('a checkpoint comes back as it was', () => {
  writeCheckpoint(folder, checkpoint);
  expect(readCheckpoint(folder)).toEqual(checkpoint);
  expect(readdirSync(folder)).toEqual([CHECKPOINT_FILE]);
});

test('each flipped byte and each truncation is noticed', () => {
  writeCheckpoint(folder, checkpoint);
  const path = join(folder, CHECKPOINT_FILE);
  const whole = readFileSync(path);
  const dataStart = 8 + Number(whole.readBigUInt64LE(0));
  for (let at = dataStart; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] ^= 0x10;
    writeFileSync(path, damaged);
    expect(() => readCheckpoint(folder)).toThrow(CheckpointError);
  }
  for (let length = 0; length < whole.length; length += 7) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    expect(() => readCheckpoint(folder)).toThrow(/damaged|cannot be read/);
  }
});

test('a folder without a run is named', () => {
  expect(() => readCheckpoint(join(folder, 'nothing'))).toThrow(/nothing.*cannot be read/);
});

test('a write that fails leaves the old file', () => {
  const path = join(folder, 'kept');
  writeAtomically(path, 'old');
  expect(() => writeAtomically(join(folder, 'no', 'such', 'folder'), 'new')).toThrow();
  expect(readFileSync(path, 'utf8')).toBe('old');
});

test('safetensors: the header that other tools expect', () => {
  const bytes = encodeTensors({
    tensors: new Map([['x', { shape: [2], values: Float32Array.of(1, 2) }]]),
    metadata: { by: 'hand' },
  });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
    __metadata__: { by: 'hand' },
    x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  });
  expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
});

test('safetensors: other types and places outside the file are refused', () => {
  const make = (header: object): Uint8Array => {
    const json = new TextEncoder().encode(JSON.stringify(header));
    const bytes = new Uint8Array(8 + json.length + 8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    return bytes;
  };
  expect(() => decodeTensors(make({ x: { dtype: 'F16', shape: [4], data_offsets: [0, 8] } }))).toThrow(
    /type F16/,
  );
  expect(() => decodeTensors(make({ x: { dtype: 'F32', shape: [3], data_offsets: [0, 12] } }))).toThrow(
    TensorFileError,
  );
  expect(() => decodeTensors(make({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 8] } }))).toThrow(
    TensorFileError,
  );
});
