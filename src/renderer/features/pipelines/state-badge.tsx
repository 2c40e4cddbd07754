/** How far what a recipe makes is made, as a sign and a word. */
import { IconAlertTriangle, IconBolt, IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import type { RecipeState } from '../../../shared/model'
import classes from './pipelines.module.css'

type State = RecipeState['state']

export const STATE_WORDS: Readonly<Record<State, { readonly word: string; readonly meaning: string }>> = {
  made: { word: 'Fresh', meaning: 'Made of its inputs as they are, and kept in the cache' },
  inlined: { word: 'Live', meaning: 'Computed of its inputs within every query that reads it' },
  'not-made': { word: 'Never made', meaning: 'Not made of its inputs as they are: it is when somebody reads it' },
  failing: { word: 'Failing', meaning: 'It cannot be made' },
}

const ICONS: Readonly<Record<State, typeof IconBolt>> = {
  made: IconCircleCheck,
  inlined: IconBolt,
  'not-made': IconCircleDashed,
  failing: IconAlertTriangle,
}

export function StateBadge({ state }: { readonly state: State }) {
  const Icon = ICONS[state]
  const { word, meaning } = STATE_WORDS[state]
  return (
    <span className={classes.state} data-state={state} title={meaning}>
      <Icon size={13} stroke={1.8} aria-hidden />
      {word}
    </span>
  )
}
