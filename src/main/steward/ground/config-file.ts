/**
 * `config.json`: what people set for a pond. Read again whenever it changed, by whomever; replaced as a
 * whole, so that a reader sees the settings before or after. Drawn in docs/formats.md.
 */
import { PondError } from '../../../shared/errors'
import type { PondConfig, Setting } from '../../../shared/model'
import type { Storage, StorageStat } from '../../platform'
import { DEFAULT_CONFIG, keptUnder, readConfig, withSetting, writeConfig } from './config'
import { CONFIG_FILE } from '../../../shared/pond-folder'

const NAME = CONFIG_FILE
const TEMP = `.${NAME}.tmp`

export class ConfigFile {
  readonly #storage: Storage
  #seen: StorageStat | undefined
  #config: PondConfig = DEFAULT_CONFIG

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** The settings now; without a file, the defaults. @throws steward.corrupt-config */
  async read(): Promise<PondConfig> {
    const seen = await this.#storage.stat(NAME)
    if (seen === undefined) return DEFAULT_CONFIG
    if (this.#seen !== undefined && isSame(seen, this.#seen)) return this.#config
    this.#config = this.#read(await this.#values())
    this.#seen = seen
    return this.#config
  }

  /**
   * Changes one setting, durably; null gives the default back, and takes a key out that this version does
   * not know. Other keys stay as they are, right or wrong; wrong ones have their defaults in what is returned.
   * Under the lock. @throws steward.unknown-setting, steward.bad-setting, steward.corrupt-config
   */
  async set(key: string, value: Setting | null): Promise<PondConfig> {
    const values = (await this.#storage.stat(NAME)) === undefined ? {} : await this.#values()
    const kept = keptUnder(key)
    const { [kept]: _given, ...others } = values
    const before = readConfig(values)
    const isForeign = value === null && Object.hasOwn(values, key) && !Object.hasOwn(DEFAULT_CONFIG, key)
    if (isForeign) {
      await this.#replace(others)
      return readConfig(others).config
    }
    // One view is changed among the others, which have to be right for that.
    const inTheWay = kept === key ? undefined : before.wrong.get(kept)
    if (inTheWay !== undefined) throw this.#corrupt(new Map([[kept, inTheWay]]))
    const config = withSetting(before.config, key, value)
    const { [kept]: own } = writeConfig(config)
    await this.#replace(own === undefined ? others : { ...others, [kept]: own })
    return config
  }

  #read(values: Readonly<Record<string, unknown>>): PondConfig {
    const { config, wrong } = readConfig(values)
    if (wrong.size > 0) throw this.#corrupt(wrong)
    return config
  }

  async #replace(values: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#storage.remove(TEMP)
    const writer = await this.#storage.create(TEMP)
    try {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(values, null, 2)}\n`))
      await writer.sync()
    } finally {
      await writer.close()
    }
    await this.#storage.replace(TEMP, NAME)
    await this.#storage.syncFolder('')
  }

  async #values(): Promise<Readonly<Record<string, unknown>>> {
    const text = new TextDecoder().decode(await this.#storage.readFile(NAME))
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      throw this.#unusable('it is not JSON', {}, error)
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.#unusable('it is not a JSON object', {})
    return value as Readonly<Record<string, unknown>>
  }

  #corrupt(wrong: ReadonlyMap<string, PondError>): PondError {
    const [first] = wrong.values()
    const why = [...wrong.values()].map(({ message }) => message).join('; ')
    return this.#unusable(why, { ...first?.detail, keys: [...wrong.keys()] }, first)
  }

  #unusable(why: string, detail: Readonly<Record<string, unknown>>, cause?: unknown): PondError {
    const where = this.#storage.hostPath === null ? NAME : `${this.#storage.hostPath}/${NAME}`
    const message = `${where} cannot be used: ${why}. Mend it, or remove it to go back to the defaults.`
    return new PondError('steward.corrupt-config', message, { ...detail, path: where }, cause)
  }
}

function isSame(a: StorageStat, b: StorageStat): boolean {
  return a.identity === b.identity && a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs
}
