/**
 * `config.json`: what people set for a pond. Read again whenever it changed, by whomever; replaced as a
 * whole, so that a reader sees the settings before or after. Drawn in docs/formats.md.
 */
import { isPondError, PondError } from '../../shared/errors'
import type { PondConfig } from '../../shared/model'
import type { Storage, StorageStat } from '../platform'
import { DEFAULT_CONFIG, readConfig, withSetting, writeConfig, type Setting } from './config'

export const CONFIG_FILE = 'config.json'
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
   * not know. Under the lock. @throws steward.unknown-setting, steward.bad-setting, steward.corrupt-config
   */
  async set(key: string, value: Setting | null): Promise<PondConfig> {
    const values = (await this.#storage.stat(NAME)) === undefined ? {} : await this.#values()
    const isForeign = value === null && key in values && !(key in DEFAULT_CONFIG)
    const { [key]: _given, ...others } = values
    // Only the other keys have to be sound: this one may be what is being mended.
    const before = this.#read(others)
    const config = isForeign ? before : withSetting(before, key, value)
    await this.#replace(config)
    return config
  }

  #read(values: Readonly<Record<string, unknown>>): PondConfig {
    try {
      return readConfig(values)
    } catch (error) {
      if (!isPondError(error)) throw error
      throw this.#corrupt(error.message, { ...error.detail }, error)
    }
  }

  async #replace(config: PondConfig): Promise<void> {
    await this.#storage.remove(TEMP)
    const writer = await this.#storage.create(TEMP)
    try {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(writeConfig(config), null, 2)}\n`))
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
      throw this.#corrupt('it is not JSON', {}, error)
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.#corrupt('it is not a JSON object', {})
    return value as Readonly<Record<string, unknown>>
  }

  #corrupt(why: string, detail: Readonly<Record<string, unknown>>, cause?: unknown): PondError {
    const where = this.#storage.hostPath === null ? NAME : `${this.#storage.hostPath}/${NAME}`
    const message = `${where} cannot be used: ${why}. Mend it, or remove it to go back to the defaults.`
    return new PondError('steward.corrupt-config', message, { ...detail, path: where }, cause)
  }
}

function isSame(a: StorageStat, b: StorageStat): boolean {
  return a.identity === b.identity && a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs
}
