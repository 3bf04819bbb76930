/** AssemblyScript: the command's printing of floats by itself, for numbers.test.ts. */
import { writeFloat } from '../../assembly/wasi/numbers';
import { endLine } from '../../assembly/wasi/streams';

export function print(value: f32): void {
  writeFloat(value);
  endLine();
}
