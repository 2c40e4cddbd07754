/**
 * Reads which modules a TypeScript file names: imports, re-exports, dynamic imports, `import('x')`
 * types and `require`. Works on the syntax tree, so comments and strings cannot fool it.
 */
import { parseSync } from 'vite'

export interface NamedImport {
  /** As written: `../oplog`, `node:fs`, `electron`. */
  readonly specifier: string
  /** From 1. */
  readonly line: number
  /** True where only types are taken, so that nothing is loaded at run time. */
  readonly typeOnly: boolean
  /** True where it is loaded by `import()` when it is needed, not with the file. */
  readonly later: boolean
}

export function importsOf(file: string, source: string): NamedImport[] {
  const { program, errors } = parseSync(file, source)
  const [first] = errors
  if (first !== undefined) throw new Error(`${file} does not parse: ${first.message}`)
  const found: NamedImport[] = []
  walk(program, (node) => {
    const named = namedBy(node)
    if (named !== undefined) found.push({ ...named, line: source.slice(0, Number(node['start'])).split('\n').length })
  })
  return found
}

type Node = Readonly<Record<string, unknown>>

function namedBy(node: Node): Omit<NamedImport, 'line'> | undefined {
  switch (node['type']) {
    case 'ImportDeclaration':
      return named(node['source'], node['importKind'] === 'type' || allTypes(node['specifiers'], 'importKind'))
    case 'ExportNamedDeclaration':
      return named(node['source'], node['exportKind'] === 'type' || allTypes(node['specifiers'], 'exportKind'))
    case 'ExportAllDeclaration':
      return named(node['source'], node['exportKind'] === 'type')
    case 'ImportExpression':
      return named(node['source'], false, true)
    case 'TSImportType':
      return named(node['source'] ?? node['argument'], true)
    case 'TSExternalModuleReference':
      return named(node['expression'], false)
    case 'CallExpression': {
      const callee = node['callee'] as Node
      const isRequire = callee['type'] === 'Identifier' && callee['name'] === 'require'
      return isRequire ? named((node['arguments'] as readonly unknown[])[0], false) : undefined
    }
    default:
      return undefined
  }
}

function named(source: unknown, typeOnly: boolean, later = false): Omit<NamedImport, 'line'> | undefined {
  const value = isNode(source) ? source['value'] : undefined
  return typeof value === 'string' ? { specifier: value, typeOnly, later } : undefined
}

function allTypes(specifiers: unknown, kind: string): boolean {
  const list = specifiers as readonly Node[]
  return list.length > 0 && list.every((specifier) => specifier[kind] === 'type')
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
  } else if (isNode(value)) {
    if (typeof value['type'] === 'string') visit(value)
    for (const child of Object.values(value)) if (typeof child === 'object') walk(child, visit)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}
