/**
 * What Node 20 has and the Node 16 of Electron 22 has not. `fetch` and its kin are inside it already, behind
 * `--experimental-fetch`, which whoever starts it must give.
 */
'use strict'

const buffer = require('node:buffer')
const crypto = require('node:crypto')
const diagnostics = require('node:diagnostics_channel')
const fs = require('node:fs')
const os = require('node:os')
const { Readable } = require('node:stream')
const webStreams = require('node:stream/web')
const v8 = require('node:v8')
require('./language.cjs')

const lacking = (target, members) => {
  for (const [name, value] of Object.entries(members)) {
    if (!(name in target)) Object.defineProperty(target, name, { value, configurable: true, writable: true })
  }
}

lacking(globalThis, {
  ...webStreams,
  Blob: buffer.Blob,
  crypto: crypto.webcrypto,
  structuredClone: (value) => v8.deserialize(v8.serialize(value)),
  DOMException: class DOMException extends Error {
    constructor(message = '', name = 'Error') {
      super(message)
      this.name = name
    }
  },
  CustomEvent: class CustomEvent extends Event {
    constructor(type, { detail = null, ...rest } = {}) {
      super(type, rest)
      this.detail = detail
    }
  },
  File: class File extends buffer.Blob {
    constructor(parts, name, { lastModified = Date.now(), ...rest } = {}) {
      super(parts, rest)
      this.name = name
      this.lastModified = lastModified
    }
  },
})

lacking(buffer, {
  isAscii: (bytes) => new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset, bytes.byteLength).every((b) => b < 0x80),
  isUtf8: (bytes) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      return true
    } catch {
      return false
    }
  },
})
lacking(crypto, { hash: (algorithm, bytes, encoding) => crypto.createHash(algorithm).update(bytes).digest(encoding) })
lacking(os, { availableParallelism: () => os.cpus().length })
lacking(diagnostics, {
  tracingChannel: (name) => {
    const parts = ['start', 'end', 'asyncStart', 'asyncEnd', 'error']
    const channels = parts.map((part) => [part, diagnostics.channel(`tracing:${name}:${part}`)])
    const runPlainly = (work, _context, self, ...given) => work.apply(self, given)
    return { ...Object.fromEntries(channels), hasSubscribers: false, traceSync: runPlainly, tracePromise: runPlainly }
  },
})
lacking(Readable, {
  toWeb: (stream) => {
    const chunks = stream[Symbol.asyncIterator]()
    return new webStreams.ReadableStream({
      pull: async (controller) => {
        const { value, done } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      },
      cancel: () => chunks.return(),
    })
  },
})

const { promises } = fs
// Numbers of a disk with no room told: whoever asks takes them for unknown.
const unknownDisk = { type: 0, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0 }
lacking(promises, { constants: fs.constants, statfs: async () => unknownDisk })
lacking(fs, { statfsSync: () => unknownDisk })

const { readdir } = promises
promises.readdir = async (folder, options) => {
  const isTyped = options?.withFileTypes === true
  if (options?.recursive !== true && !isTyped) return readdir(folder, options)
  const listed = []
  const list = async (at) => {
    for (const entry of await readdir(at, { withFileTypes: true })) {
      listed.push(Object.assign(entry, { parentPath: at, path: at }))
      if (options.recursive === true && entry.isDirectory()) await list(`${at}/${entry.name}`)
    }
  }
  await list(String(folder))
  return isTyped ? listed : listed.map(({ path, name }) => `${path}/${name}`.slice(String(folder).length + 1))
}
