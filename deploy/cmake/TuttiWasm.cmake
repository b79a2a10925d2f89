# The browser's core: a native Release build re-enters this tree with the wasm toolchain.
