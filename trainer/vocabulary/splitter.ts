/** The core's own word splitting for the learner, so that both see the same words. */
import { writeVocabulary } from '../../host/model-file/index.ts';
import { loadTokenizer } from '../../host/node/index.ts';

/** The normalized words of a text; those of more than 64 bytes are left out. */
export type WordSplitter = (text: string) => Iterable<string>;

/** A splitter that normalizes as these bits of Normalizer say. */
export async function loadSplitter(normalizer: number): Promise<WordSplitter> {
  // Words do not depend on the pieces, but a file has at least one.
  const file = writeVocabulary({ normalizer, pieces: ['a'], tokens: 32, segments: 1 });
  const { core } = await loadTokenizer(file);
  return (text) => core.splitWords(text);
}
