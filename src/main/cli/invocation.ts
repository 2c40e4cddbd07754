/** What the user asked for, parsed: a verb, its arguments in order and its options, read by type. */
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'

export function usage(message: string, detail: Readonly<Record<string, unknown>> = {}): PondError {
  return new PondError('cli.usage', message, detail)
}

export class Invocation {
  readonly verb: string
  readonly args: readonly string[]
  /** Arguments from this index on came after `--`: paths, taken literally. */
  readonly literalFrom: number
  readonly #options: Readonly<Record<string, unknown>>

  constructor(verb: string, args: readonly string[], literals: number, options: Readonly<Record<string, unknown>>) {
    this.verb = verb
    this.args = args
    this.literalFrom = args.length - literals
    this.#options = options
  }

  isLiteral(index: number): boolean {
    return index >= this.literalFrom
  }

  flag(name: string): boolean {
    return this.#options[name] === true
  }

  text(name: string): string | undefined {
    const value = this.#options[name]
    return typeof value === 'string' ? value : undefined
  }

  /** The values of an option that takes several, or one with commas between; none where it is not given. */
  texts(name: string): readonly string[] {
    const value = this.#options[name]
    if (Array.isArray(value)) return value.map(String)
    return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : []
  }

  /** Whether a `--no-...` option was given. @param name without the `no-`, as commander has it */
  isDenied(name: string): boolean {
    return this.#options[name] === false
  }

  /** @throws cli.usage for a value that is not one of them */
  choice<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const found = choices.find((choice) => choice === value)
    if (found === undefined) {
      throw usage(`--${name}: expected one of ${choices.join(', ')}, found ${quote(value)}`, { option: name, value })
    }
    return found
  }

  /** @throws cli.usage for anything but a whole number in these bounds */
  number(name: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const parsed = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (!(parsed >= min && parsed <= max)) {
      throw usage(`--${name}: expected a whole number from ${min} to ${max}, found ${quote(value)}`, {
        option: name,
        value,
      })
    }
    return parsed
  }

  /** The moment to read. @throws cli.usage for `--pending` together with another one */
  at(byDefault: string): string {
    const at = this.text('at')
    const pending = this.flag('pending') || this.flag('includePending') || this.flag('showPending')
    if (pending && at !== undefined && at !== 'pending') {
      throw usage(`--pending and --at ${at} ask for two moments: expected one`, { at })
    }
    return pending ? 'pending' : (at ?? byDefault)
  }
}
