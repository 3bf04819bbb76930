/** What the bundler makes of a core that is imported: its bytes. */
declare module 'core.*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
