#!/usr/bin/env node
/**
 * The entry of the `pond` command. Sizes libuv's thread pool before anything can use it, then hands
 * over: DuckDB occupies a pool thread per running query, and file access must not wait behind them.
 */
process.env['UV_THREADPOOL_SIZE'] ??= '8'

void import('./index').then(({ run }) => run())
