/**
 * The rooms inside of the layers as data: which folders a layer has, and which of its other rooms each may import.
 * `check.ts` applies it to what is imported as a value; types may be named across rooms.
 */

export interface House {
  /** Each room with those of the same layer that it stands on. */
  readonly rooms: Readonly<Record<string, readonly string[]>>
  /** Files beside the rooms that all of them may import. The others beside the rooms stand above them. */
  readonly below: readonly string[]
}

/** By the name of the layer. */
export const HOUSES: Readonly<Record<string, House>> = {
  oplog: {
    rooms: { log: [], data: ['log'], state: ['data', 'log'] },
    below: [],
  },
  tlogfs: {
    rooms: {
      maps: [],
      content: [],
      journal: ['content'],
      series: ['content'],
      view: ['series', 'content', 'maps'],
      overlay: ['view', 'series', 'content', 'maps'],
    },
    below: [],
  },
  recipes: {
    rooms: { templates: [], spec: ['templates'], factories: ['spec'], outputs: ['factories', 'spec', 'templates'] },
    below: [],
  },
  steward: {
    rooms: {
      ground: [],
      state: ['ground'],
      read: ['state', 'ground'],
      change: ['read', 'state', 'ground'],
      care: ['read', 'state', 'ground'],
    },
    below: ['types'],
  },
  pond: {
    rooms: { tables: [], sql: [], recipes: ['sql'] },
    below: ['options'],
  },
  api: {
    rooms: {
      page: [],
      connection: ['page'],
      transfer: ['connection', 'page'],
      groups: ['transfer', 'connection', 'page'],
    },
    below: [],
  },
  query: {
    rooms: {
      engine: [],
      sql: ['engine'],
      out: ['sql', 'engine'],
      text: ['out', 'sql', 'engine'],
      files: ['text', 'sql', 'engine'],
      ipc: ['files', 'out', 'sql', 'engine'],
      relations: ['files', 'sql', 'engine'],
      functions: ['relations', 'files', 'sql', 'engine'],
      bind: ['functions', 'relations', 'ipc', 'files', 'text', 'sql', 'engine'],
      convert: ['ipc', 'files', 'text', 'sql', 'engine'],
      run: ['convert', 'bind', 'functions', 'relations', 'ipc', 'files', 'out', 'text', 'sql', 'engine'],
      remote: ['run', 'out', 'engine'],
    },
    below: ['source', 'formats'],
  },
}
