/**
 * What goes wrong with model files: `ModelFileError` for bytes that are not a sound file,
 * `ModelPartsError` for parts from which no sound file can be written.
 */
import type { Status } from '../../assembly/abi.ts';

/** Bytes that are not a sound model file. */
export class ModelFileError extends Error {
  /** The same code that the core gives for such bytes. */
  readonly code: Status;
  /** Which part of the file: `header`, `table`, or a section's name such as `block 2`. */
  readonly section: string;
  /** Where in the file, in bytes from its start. */
  readonly offset: number;

  constructor(code: Status, section: string, offset: number, problem: string) {
    super(`${section}: ${problem} (byte ${offset} of the file)`);
    this.name = 'ModelFileError';
    this.code = code;
    this.section = section;
    this.offset = offset;
  }
}

/** Parts that don't fit one another, or the format. */
export class ModelPartsError extends Error {
  /** The field at fault, such as `blocks[1].qkv.scale`. */
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field} ${problem}`);
    this.name = 'ModelPartsError';
    this.field = field;
  }
}
