/** Before the tests, which run in several processes: fetches the engines of this run, and says which it could not get. */
import { CHOSEN, ENGINES, whyMissing } from './install'

export default function setup(): void {
  const unknown = CHOSEN.filter((name) => !ENGINES.includes(name))
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: expected some of ${ENGINES.join(', ')}`)
  for (const engine of CHOSEN) {
    const missing = whyMissing(engine)
    if (missing !== undefined) console.log(`${engine} is skipped: ${missing}`)
  }
}
