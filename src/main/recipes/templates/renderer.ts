/**
 * Templates (minijinja: Jinja's language) in WebAssembly, which sees what it is given and nothing else.
 * Bounded in steps, memory and output; but it takes its time, so whoever cannot wait has it done in
 * another process.
 */
// oxlint-disable-next-line no-restricted-imports -- reads the module that the package brings, not anything of a pond
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Environment } from 'minijinja-js'
import { MOST_STEPS, type Rendered, type Rendering, type TemplateProblem } from './rendering'
import { limitMemory } from './wasm-limit'

const MEMORY_BYTES = 64 << 20
export const MAX_OUTPUT_BYTES = 16 << 20

interface Glue {
  initSync(options: { readonly module: WebAssembly.Module }): unknown
  readonly Environment: new () => Environment
}

export class Renderer {
  readonly #environment: Environment
  #isBroken = false

  private constructor(environment: Environment) {
    this.#environment = environment
  }

  static async open(): Promise<Renderer> {
    const require = createRequire(import.meta.url)
    const wasm = await readFile(require.resolve('minijinja-js/dist/web/minijinja_js_bg.wasm'))
    const module = await WebAssembly.compile(limitMemory(wasm, MEMORY_BYTES))
    // The glue has one instance for good, and an instance that ran out of memory is of no use: a glue for each.
    const file = pathToFileURL(require.resolve('minijinja-js/dist/web/minijinja_js.js'))
    const glue = (await import(/* @vite-ignore */ `${file.href}?${++opened}`)) as Glue
    glue.initSync({ module })
    const environment = new glue.Environment()
    environment.undefinedBehavior = 'strict'
    environment.keepTrailingNewline = true
    return new Renderer(environment)
  }

  /** True once it ran out of memory: another one has to be opened. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  render({ template, context, steps = MOST_STEPS }: Rendering): Rendered {
    try {
      this.#environment.fuel = steps
      const text = this.#environment.renderStr(template, context)
      return Buffer.byteLength(text) <= MAX_OUTPUT_BYTES ? { text } : { problem: 'it makes more than 16 MiB of text' }
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
        this.#isBroken = true
        return { problem: `it needs more than ${MEMORY_BYTES >> 20} MiB of memory` }
      }
      return problemOf(error as Error)
    }
  }
}

let opened = 0

/** The engine's message is one line, with the place in it, and an excerpt of the template. */
function problemOf({ message }: Error): TemplateProblem {
  const [first = ''] = message.split('\n', 1)
  const [, says = first, line] = /^(.*?)(?: \(in <string>:(\d+)\))?$/.exec(first) ?? []
  const problem = says.includes('out of fuel') ? 'it takes too many steps' : says
  return { problem, ...(line !== undefined && { line: Number(line) }) }
}
