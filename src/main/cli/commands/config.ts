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
  const config =
    unset || value !== undefined
      ? await (await context.writing()).setConfig(key, value ?? null)
      : await (await context.reading()).config()
  const setting = settingIn(config, key)
  return out.show({ [key]: setting }, () => out.line(textOf(setting)))
}

async function showAll(out: Output, config: PondConfig): Promise<void> {
  const rows = Object.entries(config).map(([key, setting]) => [key, textOf(setting)])
  await out.show(config, () => out.table([{ title: '' }, { title: '' }], rows))
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
