import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogEntry } from '../../src/shared/model'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
})
afterEach(() => terminal[Symbol.dispose]())
const run = (...argv: string[]) => terminal.pond(argv)
const json = <T = Record<string, unknown>>(...argv: string[]) => terminal.json<T>(argv)

describe('a setting', () => {
  it('is shown, changed and taken back', async () => {
    expect(await json('config')).toMatchObject({ autosync: false, author: null })
    expect(await json('config', 'author', 'Ada')).toEqual({ author: 'Ada' })
    expect((await run('config', 'author')).stdout).toBe('Ada\n')
    await json('touch', '/a', '-m', 'one')
    expect(await json<LogEntry[]>('log')).toMatchObject([{ author: 'Ada' }])
    expect(await json('config', 'author', '--unset')).toEqual({ author: null })
    expect(await json('config', 'views./csv', '/**/*.csv')).toEqual({ 'views./csv': '/**/*.csv' })
  })

  it('that is changed says what it was, as the command that brings it back', async () => {
    const wayBack = async (...argv: string[]) => (await run('config', ...argv)).stderr
    expect(await wayBack('author', 'Ada')).toBe('pond: it was default: `pond config author --unset` brings that back\n')
    expect(await wayBack('author', "O'Brien")).toContain('`pond config author Ada` brings that back')
    expect(await wayBack('author', '--unset')).toContain(`\`pond config author 'O'\\''Brien'\` brings that back`)
    expect(await wayBack('author', '--unset')).toBe('')
    expect(await wayBack('autosync', 'on')).toContain('`pond config autosync off`')
    const view = '{"glob":"/**/*.csv","name":"$0"}'
    await json('config', 'views./v', view)
    const told = /`pond config views\.\/v '(.*)'`/.exec(await wayBack('views./v', '--unset'))?.[1]
    const former = JSON.parse(told!) as object
    expect(await json('config', 'views./v', told!)).toEqual({ 'views./v': former })
  })

  it('that does not exist, or cannot have the value, is wrong usage', async () => {
    for (const argv of [
      ['autosink'],
      ['autosink', 'on'],
      ['autosync', 'perhaps'],
      ['--unset'],
      ['author', 'x', '--unset'],
    ]) {
      expect((await run('config', ...argv)).status).toBe(2)
    }
    expect((await run('config', 'autosink')).stderr).toContain('autosync')
  })
})

describe('a pond that commits by itself', () => {
  beforeEach(() => json('config', 'autosync', 'on'))

  it('makes a version of every command that changes something', async () => {
    expect(await json('mkdir', '/d')).toMatchObject({ staged: 1, commit: { version: 1 } })
    expect(await terminal.json(['write', '/d/a'], { stdin: 'x' })).toMatchObject({ commit: { version: 2 } })
    expect(await json('copy', '/d/a', '/b')).toMatchObject({ commit: { version: 3 } })
    expect(await json('restore', '/d/a', '--to', '1')).toMatchObject({ staged: 1, commit: { version: 4 } })
    expect((await json<LogEntry[]>('log')).map(({ message }) => message)).toEqual([
      'Restore /d/a to version 1',
      'Add b',
      'Add a',
      'Add d',
    ])
  })

  it('leaves pending what is told to wait, and the rest to sync', async () => {
    expect(await json('touch', '/a', '/b', '--no-sync')).not.toHaveProperty('commit')
    await json('touch', '/c')
    expect(await json('status')).toMatchObject({ version: 1, pendingOperations: 2 })
    expect(await json('sync', '/b')).toMatchObject({ outcome: 'committed', operationsCommitted: 1 })
    expect(await json('sync')).toMatchObject({ outcome: 'committed', version: 3 })
    expect(await json('sync')).toMatchObject({ outcome: 'nothing-to-commit' })
  })
})

describe('a commit of a part', () => {
  beforeEach(async () => {
    await json('mkdir', '/d')
    await json('touch', '/d/a', '/d/b')
    await json('touch', '/c')
  })

  it('takes what is at some paths, and names what had to come along', async () => {
    const ended = await run('commit', '--paths', '/d/a', '/c', '-m', 'two')
    expect(ended).toMatchObject({ status: 0, stderr: 'went along, because this depends on it: /d\n' })
    expect(await json('status')).toMatchObject({ version: 1, changes: [{ path: '/d/b' }] })
  })

  it('takes the first so many', async () => {
    expect(await json('commit', 'one', '--first', '1')).toMatchObject({ operationsCommitted: 1 })
    expect(await json('status')).toMatchObject({ pendingOperations: 3 })
    for (const argv of [
      ['--first', '0'],
      ['--first', '1', '--paths', '/c'],
      ['--first', 'x'],
    ]) {
      expect((await run('commit', ...argv)).status).toBe(2)
    }
  })
})

describe('a stage whose commit does not come about', () => {
  it('says that what it staged stays pending', async () => {
    const abort = new AbortController()
    const ended = await terminal.pond(['touch', '/a', '-m', 'one', '--json'], {
      isTerminal: true,
      signal: abort.signal,
      // The commit tells that it begins, after the stage.
      onStderr: (chunk) => {
        if (chunk.toString().includes('reading what is pending')) abort.abort()
      },
    })
    expect(ended.status).toBe(130)
    expect(ended.json()).toMatchObject({ error: { code: 'api.interrupted', detail: { staged: 1 } } })
    expect(await json('status')).toMatchObject({ version: 0, pendingOperations: 1 })
  })
})

describe('pending operations that change nothing together', () => {
  it('are explained', async () => {
    await json('touch', '/a')
    await json('rm', '/a')
    expect((await run('status')).stdout).toContain('together they change nothing')
  })
})
