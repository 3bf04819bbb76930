/** The model file: read it, write it, and the small codecs within. docs/model-file.md has every byte. */
export { Normalizer, PolicyKind, RowKind, SPECIAL_TOKENS, SpecialToken } from '../../assembly/format.ts';
export { crc32 } from './crc32.ts';
export { ModelFileError, ModelPartsError } from './error.ts';
export { floatFromHalf, halfFromFloat } from './half.ts';
export type * from './parts.ts';
export { type ModelFacts, readFacts, readModel, readVocabulary } from './read.ts';
export { readSections, type Section } from './section/container.ts';
export { comparePieces, sortPieces } from './vocabulary.ts';
export { writeModel, writeVocabulary } from './write.ts';
