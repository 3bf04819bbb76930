/** What all variants learn from and are scored on: read, held out and encoded once. */
import { SPECIAL_TOKENS } from '../../assembly/format.ts';
import { writeVocabulary } from '../../host/model-file/index.ts';
import { loadTokenizer } from '../../host/node/index.ts';
import type { Example } from '../data/batches.ts';
import type { Dataset, MetricName } from '../data/record.ts';
import { shuffle } from '../data/shuffle.ts';
import type { WordVectors } from '../data/vectors.ts';
import { encode } from '../encode.ts';
import { holdOutCalibration } from '../hold-out.ts';
import { NORMALIZER } from '../pack-run.ts';
import { createRandom } from '../random.ts';
import { learnVocabulary, loadSplitter } from '../vocabulary/index.ts';

export interface AblationData {
  classes: number;
  segments: 1 | 2;
  metric: MetricName;
  pieces: string[];
  /** Special tokens included. */
  vocabulary: number;
  vectors: WordVectors | undefined;
  train: Example[];
  /** The part of the training split that all runs hold out; see hold-out.ts. */
  heldOut: Example[];
}

export interface AblationTexts {
  /** Most texts to learn from, drawn at random: the same for every variant and seed. */
  texts: number;
  /** n, the most tokens of one input */
  tokens: number;
  /** Most pieces, special tokens included. */
  vocabularySize: number;
  vectors?: WordVectors | undefined;
}

export async function ablationData(
  dataset: Pick<Dataset, 'labels' | 'metric' | 'pair' | 'train'>,
  { texts, tokens, vocabularySize, vectors }: AblationTexts,
): Promise<AblationData> {
  const { train: all, calibration } = holdOutCalibration(dataset.train);
  const train = shuffle(all.slice(), createRandom(1)).slice(0, texts);
  const segments = dataset.pair ? 2 : 1;
  const words = train.flatMap(({ text, pair }) => (pair === undefined ? [text] : [text, pair]));
  const pieces = learnVocabulary(words, { split: await loadSplitter(NORMALIZER), size: vocabularySize });
  const tokenizer = await loadTokenizer(
    writeVocabulary({ normalizer: NORMALIZER, pieces, tokens, segments }),
  );
  const data = {
    classes: dataset.labels.length,
    segments,
    metric: dataset.metric,
    pieces,
    vocabulary: pieces.length + SPECIAL_TOKENS,
    vectors,
    train: encode(tokenizer, train, dataset.labels),
    heldOut: encode(tokenizer, calibration, dataset.labels),
  } as const;
  tokenizer.dispose();
  return data;
}
