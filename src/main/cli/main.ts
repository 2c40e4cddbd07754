#!/usr/bin/env node
/**
 * The entry of the `pond` command. Sizes libuv's thread pool before anything can use it: DuckDB occupies a pool thread
 * per running query, and file access must not wait behind them. Then it has compiled code kept, and hands over.
 */
process.env['UV_THREADPOOL_SIZE'] ??= '8'

async function main(): Promise<void> {
  const { keepCompiledCode } = await import('../platform/node')
  keepCompiledCode()
  const { run } = await import('./index')
  await run()
}

void main()
