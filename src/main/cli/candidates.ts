/** What a word can become: names of the pond and of this machine, moments, settings. Reads; changes nothing. */
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Entry } from '../../shared/model'
import { verbNames, type Wanted } from './completing'
import type { Context } from './context'

const HOST = 'host:'
/** A shell shows no more at once, and asks again with more typed. */
const MOST = 1_000
const VERSIONS = 20

/** Whole words; those that end in `/` or `:` go on. Nothing is offered where it cannot be read. */
export async function candidates(context: Context, wanted: Wanted): Promise<readonly string[]> {
  const found = await forKind(context, wanted).catch(() => [])
  return found
    .filter((word) => word.startsWith(wanted.typed) && !/[\p{Cc}]/u.test(word))
    .slice(0, MOST)
    .map((word) => wanted.before + word)
}

async function forKind(context: Context, wanted: Wanted): Promise<readonly string[]> {
  const { words, typed } = wanted
  switch (words) {
    case 'verb':
      return verbNames()
    case 'pond':
      return inPond(context, wanted)
    case 'host':
      return onHost(context, typed)
    case 'either':
      if (typed.startsWith(HOST)) return (await onHost(context, typed.slice(HOST.length))).map((path) => HOST + path)
      return [...(await inPond(context, wanted)), HOST]
    case 'moment':
      return moments(context)
    case 'past':
      return (await moments(context)).filter((moment) => moment !== 'pending')
    case 'moments and paths':
      return typed.startsWith('/')
        ? inPond(context, wanted)
        : [...(await moments(context)), ...(await inPond(context, wanted))]
    case 'key':
      return Object.keys(await (await context.reading()).config())
    case 'free':
      return []
    default:
      return words
  }
}

async function inPond(context: Context, { typed, at }: Wanted): Promise<readonly string[]> {
  const pond = await context.reading()
  const cut = typed.lastIndexOf('/') + 1
  const folder = typed.slice(0, cut) || '/'
  const moment = await pond.moment(at ?? 'pending')
  const shown = (await moment.list(folder, false)).filter(
    ({ name }) => typed.slice(cut, cut + 1) === '.' || !name.startsWith('.'),
  )
  const before = typed === '' ? '/' : typed.slice(0, cut)
  return shown.map((entry) => before + withSlash(entry))
}

function withSlash({ name, fileType }: Entry): string {
  return fileType === 'directory' ? `${name}/` : name
}

async function onHost({ io }: Context, typed: string): Promise<readonly string[]> {
  const cut = typed.lastIndexOf('/') + 1
  const entries = await readdir(resolve(io.cwd, typed.slice(0, cut) || '.'), { withFileTypes: true })
  return entries
    .filter(({ name }) => typed.slice(cut, cut + 1) === '.' || !name.startsWith('.'))
    .map((entry) => typed.slice(0, cut) + entry.name + (entry.isDirectory() ? '/' : ''))
    .toSorted()
}

async function moments(context: Context): Promise<readonly string[]> {
  const pond = await context.reading()
  const versions = await pond.log({ limit: VERSIONS })
  return ['pending', 'head', 'head~1', ...versions.map(({ version }) => String(version))]
}
