/** Many files of 1 KiB that are staged, no two of them alike. */
import type { Pond } from '../../src/main/pond'

const PER_STAGE = 10_000
const PER_DIRECTORY = 1_000

/** Stages the files from one number up to, and without, another: `/d0/f0`, `/d0/f1`... */
export async function stageFiles(pond: Pond, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += PER_STAGE) {
    await pond.stage(async (fs) => {
      for (let i = first; i < Math.min(first + PER_STAGE, to); i++) {
        const content = await pond.prepare([Buffer.alloc(1_024, `${i},`)])
        await fs.put(`/d${Math.floor(i / PER_DIRECTORY)}/f${i}`, content, { parents: true })
      }
    })
  }
}
