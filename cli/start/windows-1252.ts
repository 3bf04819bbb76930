/** Windows' own characters. Node 20's TextDecoder takes windows-1252 for latin1, so they are listed here. */

/** What bytes 128 to 159 mean; blanks for the five that mean nothing. */
const CHARACTERS = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** Text whose characters below 256 are bytes of windows-1252. */
export function fromWindows(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (byte) => CHARACTERS[byte.charCodeAt(0) - 128]);
}
