/**
 * Plans that were worked out, by the hash of what they follow from: in memory, and in the pond's cache, so that
 * another process need not look at all bytes again. What is kept on disk carries its own hash; one that differs,
 * or that another version of these rules wrote, is no plan.
 */
import { createHash } from 'node:crypto'
import type { ReadingOptions } from '../../../shared/model'
import type { Engine } from '../engine/engine'
import { compressionOfName, delimiterOfName } from '../formats'
import { keptPlan, type Plan } from './plan'
import type { TextSource } from './readings'

/** Of the rules. Another number makes all plans anew. */
const RULES = 11
const MOST_IN_MEMORY = 2_000
/** Smaller files are looked at as fast as a plan is found. */
const FOLDER = 'readings'

export class PlanCache {
  readonly #engine: Engine
  readonly #plans = new Map<string, Plan>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  keyOf({ name, format, sha256 }: TextSource, said: ReadingOptions): string {
    const facts = [RULES, sha256, format, compressionOfName(name), delimiterOfName(name), sorted(said)]
    return sha256Of(JSON.stringify(facts))
  }

  async find(key: string): Promise<Plan | null> {
    const known = this.#plans.get(key)
    if (known !== undefined) return known
    const text = await this.#engine.readCached(`${FOLDER}/${key}.json`)
    if (text === null) return null
    const [hash, body] = [text.slice(0, 64), text.slice(65)]
    if (sha256Of(key + body) !== hash) return null
    try {
      const plan = keptPlan.parse(JSON.parse(body)) as Plan
      this.#remember(key, plan)
      return plan
    } catch {
      return null
    }
  }

  async keep(key: string, plan: Plan): Promise<void> {
    this.#remember(key, plan)
    const body = JSON.stringify(plan)
    await this.#engine.writeCached(`${FOLDER}/${key}.json`, `${sha256Of(key + body)}\n${body}`)
  }

  #remember(key: string, plan: Plan): void {
    this.#plans.set(key, plan)
    if (this.#plans.size <= MOST_IN_MEMORY) return
    const [oldest] = this.#plans.keys()
    this.#plans.delete(oldest!)
  }
}

function sorted(said: ReadingOptions): unknown {
  return JSON.stringify(said, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
