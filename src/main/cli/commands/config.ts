/** `pond config`: the settings of a pond, one of them, or another value for it. */
import { nearest } from '../../../shared/nearest'
import type { PondConfig } from '../../../shared/model'
import { parsePath, quote } from '../../../shared/path'
import type { Run } from '../context'
import { visible } from '../display'
import { usage } from '../invocation'
import type { Output } from '../output'

/** `views./by/day` is one of `views`. */
const ONE_VIEW = 'views.'

export const run: Run = async (context) => {
  const { args, invocation, out } = context
  const [key, value] = args
  const unset = invocation.flag('unset')
  if (unset && (key === undefined || value !== undefined)) throw usage('expected --unset with a key and no value')
  if (key === undefined) return showAll(out, await (await context.reading()).config())
  if (!unset && value === undefined) {
    const setting = settingIn(await (await context.reading()).config(), key)
    return out.show({ [key]: setting }, () => out.line(textOf(setting)))
  }
  const pond = await context.writing()
  // Settings that cannot be read are no reason not to mend one of them.
  const before = await pond.config().catch(() => undefined)
  const after = await pond.setConfig(key, value ?? null)
  // A key that this DuckPond does not know can only be taken out.
  const isKnown = isSetting(after, key)
  const setting = isKnown ? settingIn(after, key) : null
  await out.show({ [key]: setting }, () => out.line(textOf(setting)))
  if (before !== undefined && isKnown) await sayWayBack(out, key, [settingIn(before, key), setting])
}

/** Says what the setting was, as the command that brings it back. */
async function sayWayBack(out: Output, key: string, [before, after]: readonly [unknown, unknown]): Promise<void> {
  if (JSON.stringify(before) === JSON.stringify(after)) return
  const way =
    before === null ? [key, '--unset'] : [key, before === true ? 'on' : before === false ? 'off' : rawText(before)]
  await out.note(`pond: it was ${textOf(before)}: \`pond config ${way.map(shellWord).join(' ')}\` brings that back`)
}

function rawText(setting: unknown): string {
  return visible(typeof setting === 'string' ? setting : JSON.stringify(setting))
}

/** As a POSIX shell reads it. */
function shellWord(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

async function showAll(out: Output, config: PondConfig): Promise<void> {
  const rows = Object.entries(config).map(([key, setting]) => [key, textOf(setting)])
  await out.show(config, () => out.table([{ title: '' }, { title: '' }], rows))
}

function isSetting(config: PondConfig, key: string): boolean {
  return key.startsWith(ONE_VIEW) || Object.hasOwn(config, key)
}

/** @throws cli.usage with the nearest key */
function settingIn(config: PondConfig, key: string): unknown {
  if (key.startsWith(ONE_VIEW)) return config.views[parsePath(key.slice(ONE_VIEW.length))] ?? null
  const found = Object.entries(config).find(([each]) => each === key)
  if (found !== undefined) return found[1]
  const near = nearest(key, Object.keys(config), 1)
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : `there are ${Object.keys(config).join(', ')}`
  throw usage(`there is no setting ${quote(key)}: ${hint}`, { key })
}

/** As people set it. */
function textOf(setting: unknown): string {
  if (setting === null) return 'default'
  if (typeof setting === 'boolean') return setting ? 'on' : 'off'
  return visible(typeof setting === 'string' ? setting : JSON.stringify(setting))
}
