/** A start from another run's folder: a pretrained encoder for a task of its own. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readVocabulary } from '../../host/model-file/index.ts';
import { CHECKPOINT_FILE, readCheckpoint, VOCABULARY_FILE } from '../checkpoint.ts';
import { readRunFile } from '../run-file.ts';
import type { Start, StartTarget } from './start.ts';
import { takeEncoder } from './take.ts';

/** @throws CheckpointError for a folder that holds no sound run, DataError for another shape */
export function startFromRun(folder: string, target: StartTarget): Start {
  const { shape, labels } = readRunFile(folder);
  const { weights } = readCheckpoint(folder);
  const vocabularyBytes = readFileSync(join(folder, VOCABULARY_FILE));
  const { pieces, normalizer } = readVocabulary(vocabularyBytes);
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, CHECKPOINT_FILE)))
    .update(vocabularyBytes)
    .digest('hex');
  return takeEncoder(
    {
      path: folder,
      kind: 'run',
      digest,
      shape,
      labels,
      pieces,
      normalizer,
      weights: Object.fromEntries([...weights].map(([name, { values }]) => [name, values])),
    },
    target,
  );
}
