/** What went wrong with a model, in words. host/core.ts has the same for JavaScript. */
import { Status } from '../abi';
import { errorOffset } from '../core';
import { CANNOT_READ, NO_SUCH_FILE } from './model';
import { writeInteger } from './numbers';
import { exitWithLine, FAILED, startError, WRONG_USAGE, write, writeBytes } from './streams';

/** Ends the command with the sentence for what opening the model said. `name`: the model's path. */
export function exitWithStatus(status: i32, name: usize, bytes: i32): void {
  startError();
  writeBytes(name, bytes);
  write(': ');
  write(sentence(status));
  if (status > NO_SUCH_FILE) {
    write(' (byte ');
    writeInteger(errorOffset());
    write(')');
  }
  exitWithLine(status == NO_SUCH_FILE ? WRONG_USAGE : FAILED);
}

function sentence(status: i32): string {
  switch (status) {
    case NO_SUCH_FILE:
      return 'no such file in what the host opened';
    case CANNOT_READ:
      return 'the host cannot read it';
    case Status.NotAModel:
      return 'not a model file';
    case Status.UnknownVersion:
      return 'an unknown version';
    case Status.Truncated:
      return 'it ends too early';
    case Status.Corrupt:
      return 'a checksum differs';
    case Status.OutOfMemory:
      return 'not enough memory';
    case Status.NoBlocks:
      return 'it holds only a vocabulary';
  }
  return 'it is damaged';
}
