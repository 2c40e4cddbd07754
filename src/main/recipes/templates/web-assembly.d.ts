/** The part of WebAssembly's interface that is used here: the types of Node's have none of it. */
declare namespace WebAssembly {
  class Module {
    private readonly brand: true
  }
  class RuntimeError extends Error {}
  function compile(bytes: Uint8Array): Promise<Module>
}
