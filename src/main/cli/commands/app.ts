/** `pond app`: the desktop window; where Electron is not installed, the same app in a browser window. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Context, Run } from '../context'
import { mustBePond, serveUntilInterrupted } from '../serve'

export const run: Run = async (context) => {
  const [named] = context.args
  const pondPath = named === undefined ? context.findPondFolder() : context.hostPath(named)
  await mustBePond(pondPath)
  const electron = findElectron()
  if (electron !== undefined) {
    await context.out.show({ url: null }, () => undefined)
    return runElectron(context, electron, pondPath)
  }
  await context.out.note('Electron is not installed here: opening the app in a browser instead')
  await serveUntilInterrupted(context, { port: null, pondPath, openWindow: true })
}

interface Electron {
  readonly executable: string
  /** The folder of the product's package.json, which names the desktop entry. */
  readonly product: string
}

/** Electron's binary where it has been downloaded; looking must not download it. */
function findElectron(): Electron | undefined {
  const product = productFolder(import.meta.dirname)
  if (product === undefined) return undefined
  try {
    const folder = dirname(createRequire(join(product, 'package.json')).resolve('electron/package.json'))
    const executable = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim())
    return existsSync(executable) ? { executable, product } : undefined
  } catch {
    return undefined
  }
}

function productFolder(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return undefined
  }
}

async function runElectron(
  { signal }: Context,
  { executable, product }: Electron,
  pondPath: string | null,
): Promise<0 | 1> {
  // Chromium has no sandbox for root; nobody else goes without.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const child = spawn(executable, [...asRoot, product, ...(pondPath === null ? [] : [pondPath])], {
    stdio: 'inherit',
    signal,
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code === 0 ? 0 : 1))
  })
}
