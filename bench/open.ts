/** Opening a pond and listing its root must not depend on how many versions it has. */
import { interleaved, type Row, type Sample } from './measure'
import { newPond, reopen, text } from './world'

const VERSIONS = 1_000
const FEW = 10

export async function openAfterManyCommits(): Promise<Row> {
  const small = await history(FEW)
  const large = await history(VERSIONS)
  const list = async (folder: string): Promise<void> => {
    const pond = await reopen(folder)
    await pond.list('/')
    await pond.close()
  }
  const samples = await interleaved(
    [
      { name: `${FEW} versions`, run: () => list(small) },
      { name: `${VERSIONS.toLocaleString('en')} versions`, run: () => list(large) },
    ],
    25,
  )
  const [few, many] = samples as [Sample, Sample]
  const value = many.medianMs / few.medianMs
  return {
    workload: 'open a pond and list its root, process warm',
    samples,
    verdict: {
      measured: `${many.medianMs.toFixed(1)} ms, ${value.toFixed(2)}x of ${FEW} versions`,
      target: '<= 50 ms',
      met: many.medianMs <= 50,
    },
  }
}

async function history(versions: number): Promise<string> {
  const { pond, folder } = await newPond('open')
  for (let i = 0; i < versions; i++) {
    const content = await pond.prepare([text(i, 300)])
    await pond.stage((fs) => fs.put(`/f${i % 50}`, content, { replace: true }), { commit: { message: `${i}` } })
  }
  await pond.close()
  return folder
}
