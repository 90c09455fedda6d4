// esbuild embeds it.
declare module "portico.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
