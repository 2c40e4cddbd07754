/** The two sides of what is shown, either of which can be another moment. */
import { Button } from '@mantine/core'
import { IconArrowsLeftRight, IconX } from '@tabler/icons-react'
import { IconButton, Spacer, Toolbar } from '../../../ui'
import { chooseRow, isOneRow, type Choice, type Pair } from '../choice'
import classes from './detail.module.css'
import { MomentPicker } from './moment-picker'

export function CompareBar({
  choice,
  pair,
  onChoose,
}: {
  readonly choice: Choice
  readonly pair: Pair
  onChoose(choice: Choice): void
}) {
  const name = (named: Pair): void => onChoose({ ...choice, other: null, named })
  return (
    <Toolbar label="Compared versions" className={classes.compare}>
      <span className={classes.word}>From</span>
      <MomentPicker label="Compare from" value={pair.from} onPick={(from) => name({ ...pair, from })} />
      <IconButton
        size={24}
        label="Swap the sides"
        icon={<IconArrowsLeftRight size={14} stroke={1.6} />}
        onClick={() => name({ from: pair.to, to: pair.from })}
      />
      <span className={classes.word}>to</span>
      <MomentPicker label="Compare to" value={pair.to} onPick={(to) => name({ ...pair, to })} />
      <Spacer />
      {!isOneRow(choice) && (
        <Button variant="subtle" leftSection={<IconX size={14} />} onClick={() => onChoose(chooseRow(choice.active))}>
          {choice.active === 'pending' ? 'Only what is pending' : `Only version ${choice.active}`}
        </Button>
      )}
      {isOneRow(choice) && choice.active !== 'pending' && (
        <Button variant="subtle" color="gray" onClick={() => name({ from: String(choice.active), to: 'pending' })}>
          Compare with now
        </Button>
      )}
    </Toolbar>
  )
}
