/**
 * Applies the import table to source files and says, per violation, which rule it breaks and how to
 * put it right. Pure: it is given files as text, so that a test can plant violations.
 */
import { posix } from 'node:path'
import { importsOf, type NamedImport } from './imports'
import { FEATURES, featureZone, TYPES_ONLY_IN_PAGE, ZONES, type Zone } from './table'

export interface SourceFile {
  /** Path under the checkout, `/`-separated: `src/main/oplog/log.ts`. */
  readonly path: string
  readonly text: string
}

export type Rule = 'direction' | 'door' | 'package' | 'types-only' | 'no-zone' | 'extension'

export interface Violation {
  readonly rule: Rule
  readonly file: string
  readonly line: number
  readonly message: string
}

/** All violations in files under `src/`; other files are ignored. */
export function checkLayers(files: readonly SourceFile[]): Violation[] {
  return files.filter(({ path }) => path.startsWith('src/') && /\.tsx?$/.test(path)).flatMap(checkFile)
}

function checkFile(file: SourceFile): Violation[] {
  const zone = zoneOf(file.path)
  if (zone === undefined) {
    return file.path.endsWith('.d.ts') || isTest(file.path)
      ? []
      : [{ rule: 'no-zone', file: file.path, line: 1, message: `${file.path} belongs to no layer: move it into one` }]
  }
  return importsOf(file.path, file.text).flatMap((named) => {
    const problem = named.specifier.startsWith('.') ? relative(file, zone, named) : external(file, zone, named)
    return problem === undefined ? [] : [{ ...problem, file: file.path, line: named.line }]
  })
}

type Problem = Pick<Violation, 'rule' | 'message'> | undefined

function external(file: SourceFile, zone: Zone, { specifier }: NamedImport): Problem {
  const banned = zone.bans.find(
    (ban) => specifier === ban || specifier.startsWith(ban.endsWith('/') || ban.endsWith(':') ? ban : `${ban}/`),
  )
  if (banned === undefined || isTest(file.path)) return undefined
  return { rule: 'package', message: `${zone.name} may not use ${specifier}` }
}

function relative(file: SourceFile, zone: Zone, { specifier, typeOnly }: NamedImport): Problem {
  const target = posix.join(posix.dirname(file.path), specifier)
  if (/\.[cm]?[jt]sx?$/.test(target)) {
    return { rule: 'extension', message: `write ${specifier} without its extension` }
  }
  const bare = target.replace(/\/index$/, '')
  if (inPage(file.path) && TYPES_ONLY_IN_PAGE.includes(bare) && !typeOnly) {
    return { rule: 'types-only', message: `${specifier} may be imported as a type only here: write \`import type\`` }
  }
  const to = zoneOf(target) ?? zoneOf(`${target}/index.ts`)
  if (to === undefined) {
    // Package data and assets outside src (package.json, resources/) are nobody's layer.
    if (!target.startsWith('src/')) return undefined
    return { rule: 'no-zone', message: `${specifier} leads to ${target}, which belongs to no layer` }
  }
  // An adapter of a layer (platform/node) is a part of it.
  if (to.name === zone.name || zone.name.startsWith(`${to.name}/`)) return undefined
  if (!mayImport(zone, to, file.path)) {
    const known = zone.mayImport.length === 0 ? 'nothing but itself' : `only ${zone.mayImport.join(', ')}`
    return { rule: 'direction', message: `${zone.name} may not import ${to.name}: it knows ${known}` }
  }
  if (to.door === 'index' && bare !== to.at && !isTest(file.path)) {
    return { rule: 'door', message: `${to.name} is entered by its index: ${specifier} reaches past it into ${target}` }
  }
  return undefined
}

/** A test stands where its subject does, but chooses the adapters that a host would choose. */
function mayImport(from: Zone, to: Zone, file: string): boolean {
  if (from.mayImport.includes(to.name)) return true
  if (to.name.startsWith('features/')) return from.mayImport.includes('feature')
  return isTest(file) && to.name.startsWith('platform') && from.at.startsWith('src/main/')
}

export function zoneOf(path: string): Zone | undefined {
  if (path.startsWith(`${FEATURES}/`)) {
    const feature = path.slice(FEATURES.length + 1).split('/')[0]!
    return featureZone(feature.replace(/\.tsx?$/, ''))
  }
  const bare = path.replace(/(\.d|\.test)?\.[cm]?[jt]sx?$/, '')
  return ZONES.find(({ at }) => bare === at || bare.startsWith(`${at}/`)) ?? (isWiring(bare) ? POND : undefined)
}

const POND = ZONES.find(({ name }) => name === 'pond')
/** Files beside pond.ts are parts of the wiring, entered through it. */
const isWiring = (bare: string): boolean => posix.dirname(bare) === 'src/main'

const inPage = (path: string): boolean => path.startsWith('src/renderer/') || path.startsWith('src/preload/')
/** Tests and what only tests use (conformance suites, builders) may reach past a door. */
const isTest = (path: string): boolean => /\.test\.tsx?$|\/testing\//.test(path)
