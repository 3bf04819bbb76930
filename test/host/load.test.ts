import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelFileError, writeModel, writeVocabulary } from '../../host/model-file/index.ts';
import { load, loadTokenizer, modelNames, NoSuchModelError } from '../../host/node/index.ts';
import { coreModule } from '../../host/node/modules.ts';
import { randomModel } from '../support/random-model.ts';

const file = writeModel(randomModel(4));
let folder: string;
let where: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'beex-load-'));
  where = path.join(folder, 'own.beex');
  await writeFile(where, file);
});
afterAll(() => rm(folder, { recursive: true }));

describe('load', () => {
  it('takes a path, a URL, bytes and a buffer', async () => {
    const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer;
    const models = await Promise.all(
      [where, pathToFileURL(where), file, buffer].map((source) => load(source)),
    );
    const answers = models.map((model) => model.classify('a b c'));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('takes the names of the models that come with the package', async () => {
    for (const name of await modelNames()) {
      const model = await load(name);
      expect(model.classify('a').exit).toBeGreaterThan(0);
      model.dispose();
    }
  });

  it('names the models there are when there is none of that name', async () => {
    const names = await modelNames();
    const error = await load('no-such-model').catch((reason) => reason);
    expect(error).toBeInstanceOf(NoSuchModelError);
    expect(error.names).toEqual(names);
    expect(error.message).toContain('there is no model or file "no-such-model"');
    for (const name of names) expect(error.message).toContain(name);
  });

  it('says what is wrong with the rest', async () => {
    await expect(load(folder)).rejects.toThrow('is a folder, not a model file');
    await expect(load(new TextEncoder().encode('{}'))).rejects.toThrow('this is not a model file');
    await expect(load(file.subarray(0, 200))).rejects.toThrow(ModelFileError);
    const { pieces } = randomModel(4);
    const vocabulary = writeVocabulary({ pieces, normalizer: 0, tokens: 8, segments: 1 });
    await expect(load(vocabulary)).rejects.toThrow('holds only a vocabulary');
    await expect(load(file, { build: 'fast' as never })).rejects.toThrow('builds are relaxed, simd, scalar');
  });

  it('compiles each build once', async () => {
    const [first, second] = await Promise.all([coreModule('simd'), coreModule('simd')]);
    expect(first.module).toBe(second.module);
    expect((await coreModule()).build).toBe('simd');
  });

  it('keeps no hold on the bytes', async () => {
    const bytes = file.slice();
    const model = await load(bytes);
    const before = model.classify('a b c');
    bytes.fill(0);
    expect(model.classify('a b c')).toEqual(before);
  });
});

describe('loadTokenizer', () => {
  it('takes a model too', async () => {
    const [tokenizer, model] = await Promise.all([loadTokenizer(where), load(where)]);
    expect(tokenizer.tokenize('a b c')).toEqual(model.tokenize('a b c'));
  });
});
