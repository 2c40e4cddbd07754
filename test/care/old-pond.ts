/** A pond as DuckPond 0.1 left it: format 1, its large files below the table. */
import type { Storage } from '../../src/main/platform'
import { nodeWorld } from '../../src/main/platform/node'
import { createPond } from '../../src/main/pond'
import { readPondFile, textOfPondFile } from '../../src/main/steward/ground/pond-file'
import { POND_FILE } from '../../src/shared/pond-folder'

export interface OldFile {
  readonly path: string
  readonly content: Uint8Array
}

/** One version with these files. */
export async function makeOldPond(storage: Storage, files: readonly OldFile[]): Promise<void> {
  const engine = await createPond(nodeWorld({ storage, user: 'tester' }))
  for (const { path, content } of files) {
    const prepared = await engine.prepare([content])
    await engine.stage((fs) => fs.put(path, prepared))
  }
  await engine.commit({ message: 'by 0.1' })
  await engine.close()
  await asOld(storage)
}

/** Makes a closed pond one that 0.1 could have left. */
export async function asOld(storage: Storage): Promise<void> {
  for (const { name, kind } of (await storage.stat('large')) === undefined ? [] : await storage.list('large')) {
    if (kind !== 'folder') continue
    await storage.makeFolder(`data/_large_files/${name}`)
    for (const { name: blob } of await storage.list(`large/${name}`))
      await storage.replace(`large/${name}/${blob}`, `data/_large_files/${name}/${blob}`)
    await storage.removeFolder(`large/${name}`)
    await storage.syncFolder(`data/_large_files/${name}`)
  }
  if ((await storage.stat('large')) !== undefined) {
    await storage.removeFolder('large')
    for (const folder of ['data/_large_files', 'data']) await storage.syncFolder(folder)
  }
  const file = await readPondFile(storage)
  await storage.remove(POND_FILE)
  const writer = await storage.create(POND_FILE)
  await writer.write(new TextEncoder().encode(textOfPondFile({ ...file, format: 1 })))
  await writer.sync()
  await writer.close()
  await storage.syncFolder('')
}
