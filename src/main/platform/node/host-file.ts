/** Files of this machine that somebody asked to be written: whole, or not there. */
import { unlink } from 'node:fs/promises'
import type { HostFile } from '../world'
import { CREATE, openWriter } from './file'

/** @param hostPath absolute; nothing may be there */
export async function createHostFile(hostPath: string): Promise<HostFile> {
  const writer = await openWriter({ path: hostPath, hostPath }, CREATE, 'create')
  let isOver = false
  return {
    write: (bytes) => writer.write(bytes),
    async finish() {
      await writer.sync()
      await writer.close()
      isOver = true
    },
    async abandon() {
      if (isOver) return
      isOver = true
      await writer.close()
      await unlink(hostPath)
    },
  }
}
