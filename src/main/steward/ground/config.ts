/**
 * The settings of a pond: which keys there are, what their values may be, and how people may write them.
 * Pure; where they are kept is for `config-file.ts`.
 */
import { isPondError, PondError } from '../../../shared/errors'
import type { PondConfig, Setting, ViewDefinition } from '../../../shared/model'
import { nearest } from '../../../shared/nearest'
import { parsePath, quote } from '../../../shared/path'
import { readView } from '../../tinyfs'

export const DEFAULT_CONFIG: PondConfig = {
  'autocommit.bytes': null,
  autosync: false,
  author: null,
  'cache.bytes': 10 * 2 ** 30,
  'query.memoryBytes': null,
  views: {},
}

export const CONFIG_KEYS = Object.keys(DEFAULT_CONFIG) as readonly (keyof PondConfig)[]

/** `views./by/type` is one view of `views`. */
const ONE_VIEW = 'views.'
const MIN_QUERY_BYTES = 64 * 1024 * 1024
const MIN_CACHE_BYTES = 2 ** 20
const MAX_AUTHOR = 200
const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/**
 * The configuration with one key changed; null gives it its default back.
 * @throws steward.unknown-setting with the nearest keys, steward.bad-setting
 */
export function withSetting(config: PondConfig, key: string, value: Setting | null): PondConfig {
  if (key.startsWith(ONE_VIEW)) {
    const path = viewPath(key, key.slice(ONE_VIEW.length))
    const { [path]: _before, ...views } = config.views
    return { ...config, views: value === null ? views : { ...views, [path]: view(key, path, value) } }
  }
  const known = mustKey(key)
  return { ...config, [known]: value === null ? DEFAULT_CONFIG[known] : READ[known](key, value) }
}

/** Reads what a file says, key by key: those that are wrong have their defaults, and are told with why. */
export function readConfig(values: Readonly<Record<string, unknown>>): {
  readonly config: PondConfig
  readonly wrong: ReadonlyMap<string, PondError>
} {
  let config = DEFAULT_CONFIG
  const wrong = new Map<string, PondError>()
  for (const [key, value] of Object.entries(values)) {
    try {
      config = withSetting(config, mustKey(key), value as Setting | null)
    } catch (error) {
      if (!isPondError(error)) throw error
      wrong.set(key, error)
    }
  }
  return { config, wrong }
}

/** The key of a file that a setting is kept under. */
export function keptUnder(key: string): string {
  return key.startsWith(ONE_VIEW) ? 'views' : key
}

/** What a file says: the keys that differ from their defaults. */
export function writeConfig(config: PondConfig): Readonly<Record<string, unknown>> {
  const changed = CONFIG_KEYS.filter((key) => JSON.stringify(config[key]) !== JSON.stringify(DEFAULT_CONFIG[key]))
  return Object.fromEntries(changed.map((key) => [key, config[key]]))
}

const READ: { readonly [Key in keyof PondConfig]: (key: string, value: unknown) => PondConfig[Key] } = {
  'autocommit.bytes': (key, value) => (value === 'off' ? null : bytes(key, value, 1)),
  autosync: (key, value) => {
    if (value === true || value === 'true' || value === 'on') return true
    if (value === false || value === 'false' || value === 'off') return false
    throw bad(key, value, 'on or off')
  },
  author: (key, value) => {
    if (typeof value !== 'string' || value.trim() === '' || /\p{Cc}/u.test(value) || value.length > MAX_AUTHOR)
      throw bad(key, value, `a name of one line and at most ${MAX_AUTHOR} characters`)
    return value.trim()
  },
  'cache.bytes': (key, value) => bytes(key, value, MIN_CACHE_BYTES),
  'query.memoryBytes': (key, value) => bytes(key, value, MIN_QUERY_BYTES),
  views: (key, value) => {
    const given = typeof value === 'string' ? parsed(key, value) : value
    if (typeof given !== 'object' || given === null || Array.isArray(given)) throw bad(key, value, VIEWS)
    return Object.fromEntries(
      Object.entries(given).map(([text, one]) => {
        const path = viewPath(key, text)
        return [path, view(key, path, one)]
      }),
    )
  },
}

const VIEWS = 'patterns by path, such as {"/by-day": "/raw/**/*.csv"}'

function mustKey(key: string): keyof PondConfig {
  const known = CONFIG_KEYS.find((one) => one === key)
  if (known !== undefined) return known
  const near = nearest(key, CONFIG_KEYS, 1)
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : `there are ${CONFIG_KEYS.join(', ')}`
  throw new PondError('steward.unknown-setting', `there is no setting ${quote(key)}: ${hint}`, {
    key,
    candidates: near,
  })
}

function bytes(key: string, value: unknown, least: number): number {
  const written = typeof value === 'string' ? /^(\d+(?:\.\d+)?) ?([KMGT]?)(?:i?B)?$/i.exec(value.trim()) : null
  const unit = UNITS[(written?.[2] ?? '').toUpperCase()] ?? 1
  const number = written === null ? value : Math.round(Number(written[1]) * unit)
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= least) return number
  throw bad(key, value, `a number of bytes, at least ${least}, such as ${Math.max(least, 2 ** 26)} or 64MiB`)
}

/** A pattern, or one with a name for what it finds; either may be given as text. */
function view(key: string, path: string, value: unknown): string | ViewDefinition {
  const given = typeof value === 'string' && value.startsWith('{"') ? parsed(key, value) : value
  try {
    const definition = readView(path, given)
    return typeof given === 'string' ? given : definition
  } catch (error) {
    if (!isPondError(error, 'tinyfs.bad-view')) throw error
    throw bad(key, value, `a pattern such as /raw/**/*.csv, or {"glob", "name"} (${error.message})`)
  }
}

function viewPath(key: string, text: string): string {
  const path = parsePath(text)
  if (path === '/') throw bad(key, text, 'the path of a directory below the root')
  return path
}

function parsed(key: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw bad(key, text, VIEWS)
  }
}

function bad(key: string, value: unknown, expected: string): PondError {
  const found = typeof value === 'string' ? quote(value) : JSON.stringify(value)
  return new PondError('steward.bad-setting', `${key} cannot be ${found}: expected ${expected}`, {
    key,
    value,
    expected,
  })
}
