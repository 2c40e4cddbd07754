/** Directories of nested recipes: those that are written, or one set of them for each of a list or of what a pattern matches. */
import { PondError } from '../../../shared/errors'
import { checkName } from '../../../shared/path'
import type { ComputedEntry, ComputedNode } from '../../tinyfs'
import type { Compute, Match } from '../factories/compute'
import type { Variables } from '../spec/expand'
import type { SpecOf } from '../spec/fields'
import type { YamlData } from '../spec/yaml'
import { readSpec, type Recipe } from '../spec/recipe'
import type { Problem } from '../spec/problem'
import type { Render } from '../templates/rendering'
import { namesOf } from './text-output'
import { Output, type Source } from './output'
import { placed } from './placed'

export interface DirectoryContext {
  readonly compute: Compute
  readonly render: Render
  readonly recipe: Recipe
  readonly subPath?: string
  /** What a nested recipe makes. */
  readonly nested: (
    checked: { readonly recipe: Recipe } | { readonly problems: readonly Problem[] },
    subPath: string,
  ) => ComputedNode
}

export class DirectoryOutput extends Output {
  readonly fileType = 'directory'
  readonly #spec: SpecOf<'directory'>
  readonly #context: DirectoryContext

  constructor(source: Source, spec: SpecOf<'directory'>, context: DirectoryContext) {
    super(source, context.subPath)
    this.#spec = spec
    this.#context = context
  }

  /** @throws recipes.bad-name */
  async entries(): Promise<readonly ComputedEntry[]> {
    return placed(this.source, () => this.#entries())
  }

  async #entries(): Promise<readonly ComputedEntry[]> {
    const { recipe, render, subPath = '' } = this.#context
    const found: ComputedEntry[] = []
    const taken = new Map<string, string>()
    const each = await this.#each()
    for (const [i, { name: template }] of this.#spec.entries.entries()) {
      const yaml = recipe.yaml.part(['entries', i]).without('name')
      const names =
        each === undefined
          ? [{ name: plainName(this.path, template), variables: recipe.variables }]
          : (await namesOf(this.path, template, each, { render, variables: recipe.variables })).map((name, n) => ({
              name,
              variables: { ...recipe.variables, c: each[n]!.captures, path: each[n]!.path },
            }))
      for (const { name, variables } of names) {
        if (taken.has(name.normalize('NFC'))) throw twice(this.path, name)
        taken.set(name.normalize('NFC'), name)
        found.push({
          name,
          computed: await this.#nested(yaml, variables, subPath === '' ? name : `${subPath}/${name}`),
        })
      }
    }
    return found
  }

  async #nested(yaml: YamlData, variables: Variables, subPath: string): Promise<ComputedNode> {
    return this.#context.nested(await readSpec(yaml, variables, this.#context.render), subPath)
  }

  async #each(): Promise<readonly Match[] | undefined> {
    const { for_each: each } = this.#spec
    if (each === undefined) return undefined
    if (typeof each === 'string') return this.#context.compute.matches(each, [])
    return each.map((item) => ({ path: String(item), captures: [String(item)] }))
  }

  protected about(): Readonly<Record<string, unknown>> {
    return { factory: 'directory' }
  }
}

function plainName(path: string, name: string): string {
  try {
    checkName(name)
    return name
  } catch (error) {
    throw new PondError(
      'recipes.bad-name',
      `${path} cannot be listed: ${JSON.stringify(name)} is no name`,
      { path },
      error,
    )
  }
}

function twice(path: string, name: string): PondError {
  return new PondError('recipes.bad-name', `${path} cannot be listed: ${JSON.stringify(name)} stands in it twice`, {
    path,
  })
}
