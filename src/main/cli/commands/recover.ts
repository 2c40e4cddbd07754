/** `pond recover`: repairs what a crash left, as any opening for write does, and says what. */
import type { Run } from '../context'
import { oneLine } from '../display'

export const run: Run = async (context) => {
  const setJournalAside = context.invocation.flag('setJournalAside')
  const setForeignAside = context.invocation.flag('setForeignAside')
  const pond = await context.writing()
  const { repaired } = await pond.recover({ setJournalAside, setForeignAside })
  await context.out.show({ repaired }, async () => {
    if (repaired.length === 0) await context.out.line('nothing to repair')
    for (const one of repaired) await context.out.line(oneLine(one))
  })
}
