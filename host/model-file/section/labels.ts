/** The labels section: the classes' names in order. */
import { Status } from '../../../assembly/abi.ts';
import { firstDuplicate } from '../check.ts';
import { ModelFileError, ModelPartsError } from '../error.ts';
import type { Section } from './container.ts';
import { decodeText, encodeText } from './text.ts';

const COUNT_BYTES = 4;
const LENGTH_BYTES = 2;
const LABEL_BYTES_MOST = 0xffff;

/** @throws ModelPartsError */
export function writeLabels(labels: readonly string[], classes: number): Uint8Array {
  if (labels.length !== classes) {
    throw new ModelPartsError('labels', `are ${labels.length}, but dimensions.classes is ${classes}`);
  }
  const duplicate = firstDuplicate(labels);
  if (duplicate !== undefined) throw new ModelPartsError('labels', `hold "${duplicate}" twice`);
  const texts = labels.map((label, i) => encodeText(`labels[${i}]`, label));
  const long = texts.findIndex((text) => text.length > LABEL_BYTES_MOST);
  if (long >= 0) throw new ModelPartsError(`labels[${long}]`, `is longer than ${LABEL_BYTES_MOST} bytes`);
  const section = new Uint8Array(texts.reduce((end, text) => end + LENGTH_BYTES + text.length, COUNT_BYTES));
  const view = new DataView(section.buffer);
  view.setUint32(0, labels.length, true);
  let at = COUNT_BYTES;
  for (const text of texts) {
    view.setUint16(at, text.length, true);
    section.set(text, at + LENGTH_BYTES);
    at += LENGTH_BYTES + text.length;
  }
  return section;
}

/** @throws ModelFileError */
export function readLabels({ bytes, name, offset: start }: Section, classes: number): string[] {
  const fail = (at: number, problem: string): never => {
    throw new ModelFileError(Status.BadSection, name, start + at, problem);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length < COUNT_BYTES ? 0 : view.getUint32(0, true);
  if (count !== classes) fail(0, `${count} labels for ${classes} classes`);
  let at = COUNT_BYTES;
  const labels = Array.from({ length: count }, (_, i) => {
    const end = at + LENGTH_BYTES > bytes.length ? Infinity : at + LENGTH_BYTES + view.getUint16(at, true);
    if (end > bytes.length) fail(at, `label ${i} runs over its end`);
    const label = decodeText(bytes.subarray(at + LENGTH_BYTES, end)) ?? fail(at, `label ${i} is not UTF-8`);
    at = end;
    return label;
  });
  if (at !== bytes.length) fail(at, 'bytes follow the last label');
  const duplicate = firstDuplicate(labels);
  if (duplicate !== undefined) fail(0, `label "${duplicate}" is there twice`);
  return labels;
}
